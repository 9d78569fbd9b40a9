import Testing
import URLText

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("plain-._~9", "plain-._~9"), ("a b", "a%20b"), ("ü", "%C3%BC"), ("a/b", "a%2Fb"), ("100%", "100%25"),
        ("a+b&c=d", "a%2Bb%26c%3Dd"), ("\0", "%00"), ("", ""),
    ])
    func encodes(_ text: String, _ encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded[...]) == text)
        #expect(PercentEncoding.decode(encoded.lowercased()[...], plusIsSpace: true) == text.lowercased())
    }

    @Test(arguments: ["%", "%4", "%zz", "a%ff", "%C3", "%+1"]) func refusesWhatIsNoText(_ text: String) {
        #expect(PercentEncoding.decode(text[...]) == nil)
    }

    @Test(arguments: [("", nil), (".", nil), ("..", nil), ("...", "..."), ("a/../b", "a%2F..%2Fb")])
    func aSegmentLeadsNowhereElse(_ name: String, _ segment: String?) {
        #expect(PercentEncoding.segment(name) == segment)
    }

    @Test func readsQueries() {
        let query = QueryText("path=with+space%2Fx&empty=&flag&twice=1&twice=2&bad=%ff&%ff=1")
        #expect(query["path"] == "with space/x")
        #expect(query["empty"] == "" && query["flag"] == "")
        #expect(query["twice"] == "2")
        #expect(query["bad"] == nil && query.unreadable == ["bad"])
        #expect(query["other"] == nil)
        #expect(QueryText(nil)["a"] == nil)
    }
}

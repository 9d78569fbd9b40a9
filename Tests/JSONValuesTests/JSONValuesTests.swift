import JSONValues
import Testing

/// Reading and writing JSON: what is kept, what is refused, and where.
@Suite struct JSONValuesTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "0.5", "1e+22", "\"\"",
        #""a\"b\\c\n""#, "[]", "[1,[2,[]]]", "{}", #"{"b":1,"a":{"c":null}}"#, "\"ключ\"", #"{"":1}"#,
    ])
    func whatIsReadIsWrittenTheSame(_ text: String) throws {
        #expect(try JSON(parsing: text).text() == text)
    }

    @Test(arguments: [
        (#""é😀""#, "\"é😀\""), (#""\/""#, "\"/\""), (" [ 1 , 2 ] ", "[1,2]"),
        (#"{"a":1,"a":2}"#, #"{"a":2}"#), ("1E2", "100.0"), ("-0", "0"), ("1.0", "1.0"),
    ])
    func whatIsWrittenInOneForm(_ text: String, _ written: String) throws {
        #expect(try JSON(parsing: text).text() == written)
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), (#"{"a" 1}"#, 1, 6), ("nul", 1, 1), ("01", 1, 2), ("1.", 1, 3),
        ("[1] 2", 1, 5), ("\"a", 1, 3), ("{\n  'a': 1}", 2, 3), ("NaN", 1, 1), ("[1\n,\n\n x]", 4, 2),
    ])
    func whatIsWrongIsRefusedWithItsPlace(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.line == line && error?.column == column, "\(String(describing: error))")
        #expect(error?.message.isEmpty == false)
    }

    @Test func strictReadingRefusesWhatTwoReadersUnderstandDifferently() {
        #expect(throws: JSONError.self) { try JSON(parsing: #"{"a":1,"a":2}"#, options: .strict) }
        #expect(throws: JSONError.self) { try JSON(parsing: "9223372036854775808", options: .strict) }
    }

    @Test func depthIsBounded() throws {
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSON(parsing: deep).text() == deep)
        #expect(throws: JSONError.self) { try JSON(parsing: "[\(deep)]") }
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 1_000_000)) }
    }

    @Test func equalityIsByContentAndKeysKeepTheirOrder() throws {
        let (left, right) = (try JSON(parsing: #"{"a":1,"b":2}"#), try JSON(parsing: #"{"b":2,"a":1}"#))
        #expect(left == right && left.hashValue == right.hashValue)
        #expect(right.object?.keys == ["b", "a"])
        #expect(try JSON(parsing: "1") != JSON(parsing: "\"1\""))
    }

    @Test func sortedAndIndentedForms() {
        let json: JSON = ["b": [1, 2], "a": ["x": "é"]]
        #expect(json.text(.python) == #"{"b": [1, 2], "a": {"x": "\u00e9"}}"#)
        var options = JSONWritingOptions.compact
        options.sortsKeys = true
        #expect(json.text(options) == #"{"a":{"x":"é"},"b":[1,2]}"#)
    }

    @Test func placesOfValues() {
        let text = Array("{\"a\": [1,\n  {\"b\": 2}], \"é\": {}}".utf8)
        let places = JSON.places(in: text, of: ["a.1.b", "a.7", "é.x.y", "", "no"])
        #expect(places["a.1.b"]?.line == 2 && places["a.1.b"]?.column == 9)
        #expect(places["a.7"]?.line == 1 && places["a.7"]?.column == 7, "the list around it")
        #expect(places["é.x.y"]?.line == 2 && places["é.x.y"]?.column == 19)
        #expect(places[""]?.column == 1 && places["no"]?.column == 1)
        #expect(JSON.places(in: Array("[".utf8), of: ["0"]).isEmpty)
    }
}

@Suite struct LeftOutMemberTests {
    @Test(arguments: [
        (#"{"metadata":{"managedFields":[{"a":{"f:x":{}}}],"name":"n"}}"#, #"{"metadata":{"name":"n"}}"#),
        (#"{"metadata":{"name":"n","managedFields":[]}}"#, #"{"metadata":{"name":"n"}}"#),
        (#"{"metadata":{"managedFields": null }, "b":1}"#, #"{"metadata":{},"b":1}"#),
        (#"{"metadata":{"managedFields":12,"x":2}}"#, #"{"metadata":{"x":2}}"#),
        (#"{"metadata":{"managedFields":"]}\"\\","x":2}}"#, #"{"metadata":{"x":2}}"#),
        (#"{"spec":{"managedFields":[1]}}"#, #"{"spec":{"managedFields":[1]}}"#),
        (#"{"managedFields":[1],"metadata":1}"#, #"{"managedFields":[1],"metadata":1}"#),
        (
            #"{"spec":{"metadata":{"managedFields":[1]}},"metadata":{"x":{"managedFields":[1]}}}"#,
            #"{"spec":{"metadata":{"managedFields":[1]}},"metadata":{"x":{"managedFields":[1]}}}"#
        ),
    ])
    func isLeftOutInItsPlaceOnly(_ text: String, _ expected: String) throws {
        var options = JSONReadingOptions()
        options.leavesOut = .init(parent: "metadata", name: "managedFields", depth: 2)
        #expect(try JSON(parsing: text, options: options).text() == expected)
    }

    @Test(arguments: [
        #"{"metadata":{"managedFields":[1"#, #"{"metadata":{"managedFields":"x"#, #"{"metadata":{"managedFields":"#,
        #"{"metadata":{"managedFields":[{}]"#,
    ])
    func aTextThatEndsInItIsAnError(_ text: String) {
        var options = JSONReadingOptions()
        options.leavesOut = .init(parent: "metadata", name: "managedFields", depth: 2)
        #expect(throws: JSONError.self) { try JSON(parsing: text, options: options) }
    }
}

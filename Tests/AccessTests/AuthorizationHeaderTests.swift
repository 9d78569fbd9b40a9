import Foundation
import Secrets
import Testing

@testable import Access

@Suite struct AuthorizationHeaderTests {
    static func basic(_ pair: String) -> String { "Basic " + Data(pair.utf8).base64EncodedString() }

    @Test(
        arguments: [
            (nil, .absent),
            ("Bearer abc.def-_~+/=", .bearer(Secret("abc.def-_~+/="))),
            ("bearer abc", .bearer(Secret("abc"))),
            ("Bearer   abc", .bearer(Secret("abc"))),
            (basic("git:secret"), .basic(password: Secret("secret"))),
            (basic(":secret:with:colons"), .basic(password: Secret("secret:with:colons"))),
        ] as [(String?, AuthorizationHeader)])
    func reads(_ text: String?, _ header: AuthorizationHeader) {
        #expect(AuthorizationHeader(text) == header)
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Bearer a b", "Bearer a\tb", "Bearer ü", "Basic", "Basic !!!", "Digest abc", "abc",
        basic("nocolon"), basic("user:"), basic("user:a b"), "Bearer " + String(repeating: "a", count: 16_385),
    ])
    func refuses(_ text: String) {
        guard case .unreadable(let why) = AuthorizationHeader(text) else {
            Issue.record("'\(text)' was read")
            return
        }
        #expect(text.isEmpty || !why.contains("abc"), "a reason holds nothing of the header")
    }

    @Test func showsNoToken() {
        let header = AuthorizationHeader("Bearer verysecret")
        #expect(!"\(header)".contains("verysecret"))
        #expect(!String(reflecting: header).contains("verysecret"))
    }
}

import Git
import Hummingbird
import JSONValues
import Testing

@testable import Service

@Suite struct RequestTests {
    /// A body, and what is said to be wrong: type, place, message.
    struct Case: Sendable, CustomTestStringConvertible {
        let body: String
        var contentType: String? = "application/json"
        let problems: [(type: String, loc: JSON, message: String)]

        var testDescription: String { "\(contentType ?? "-") \(body)" }
    }

    static let dictionary = "Input should be a valid dictionary or object to extract fields from"
    static let cases: [Case] = [
        Case(body: "", problems: [("missing", ["body"], "Field required")]),
        Case(body: "{not json", problems: [("json_invalid", ["body", 1], "JSON decode error")]),
        Case(body: "{\n \"a\": 1,\n \"a\": 2}", problems: [("json_invalid", ["body", 12], "JSON decode error")]),
        Case(body: "[1]", problems: [("model_attributes_type", ["body"], dictionary)]),
        Case(body: "null", problems: [("model_attributes_type", ["body"], dictionary)]),
        Case(body: "{}", contentType: nil, problems: [("model_attributes_type", ["body"], dictionary)]),
        Case(body: "{}", contentType: "application/yaml", problems: [("model_attributes_type", ["body"], dictionary)]),
        Case(
            body: #"{"appId":1,"deployed":"maybe"}"#,
            problems: [
                ("string_type", ["body", "appId"], "Input should be a valid string"),
                ("missing", ["body", "version"], "Field required"),
                (
                    "bool_parsing", ["body", "deployed"],
                    "Input should be a valid boolean, unable to interpret input"
                ),
            ]),
    ]

    @Test(arguments: cases) func saysWhatIsWrong(_ given: Case) throws {
        let error = #expect(throws: RestError.self) {
            try JSONBody(Array(given.body.utf8), contentType: given.contentType, members: RedeploymentBody.members)
        }
        #expect(error?.status == .unprocessableContent)
        let detail = try #require(error?.detail?.array)
        #expect(detail.count == given.problems.count)
        for (item, problem) in zip(detail, given.problems) {
            #expect(item["type"] == .string(problem.type))
            #expect(item["loc"] == problem.loc)
            #expect(item["msg"] == .string(problem.message))
        }
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/ld+json"])
    func takesJSON(_ type: String) throws {
        let body = try JSONBody(
            Array(#"{"appId":"a_b","version":"1","deployed":"off"}"#.utf8), contentType: type,
            members: RedeploymentBody.members)
        let redeployment = RedeploymentBody(body)
        #expect(!redeployment.deploys)
        try redeployment.agree(id: "a_b", version: "1")
        #expect(throws: RestError.self) { try redeployment.agree(id: "a_c", version: "1") }
        #expect(throws: RestError.self) { try redeployment.agree(id: "a_b", version: "2") }
    }

    @Test func leavesLongInputOut() throws {
        let text = String(repeating: "x", count: 5_000)
        let error = #expect(throws: RestError.self) {
            try JSONBody(Array("[\"\(text)\"]".utf8), contentType: "application/json", members: [])
        }
        #expect(error?.detail?[0]?["input"] == nil)
        #expect(error?.detail?[0]?["msg"] != nil)
    }

    @Test(arguments: [("0", 0), ("1", 1), ("10", 10), ("99999999999999999999", nil)] as [(String, Int?)])
    func readsVersions(_ text: String, _ number: Int?) throws {
        #expect(try VersionNumber.read(text) == number)
    }

    @Test(arguments: ["abc", "1.0", "-1", "+1", " 1", "1 ", "01", "00", "１", "", "1e3", "0x1"])
    func refusesOtherForms(_ text: String) {
        let error = #expect(throws: RestError.self) { try VersionNumber.read(text) }
        #expect(error?.status == .badRequest)
    }

    @Test func namesTheAuthor() throws {
        var options = ServiceOptions()
        let headers: HTTPFields = [.forwardedUser: "Ada", .forwardedEmail: "ada@example.com"]
        let request = Request(
            head: .init(method: .post, scheme: nil, authority: nil, path: "/", headerFields: headers),
            body: .init(buffer: .init()))
        #expect(options.signature(of: request).name == "Rampart UI", "anybody can send a header")
        options.trustsForwardedUser = true
        #expect(options.signature(of: request).name == "Ada")
        #expect(options.signature(of: request).email == "ada@example.com")
    }
}

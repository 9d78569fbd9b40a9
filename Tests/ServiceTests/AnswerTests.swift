import JSONValues
import Testing

@testable import Service

@Suite struct AnswerTests {
    @Test(
        arguments: [
            (#"{"spec":{"graph":{"a":1}}}"#, #"{"a":1}"#),
            (
                #"{"a":"}\"spec","b":[1,{"spec":2}],"spec":{"deploy":false,"graph":[{"x":"]"},"\\"]},"z":0}"#,
                #"[{"x":"]"},"\\"]"#
            ),
            (#"{"spec":{"graph":null,"deploy":true}}"#, "null"),
            (#"{"spec":{"graph":"te\"xt"}}"#, #""te\"xt""#),
            (#"{"spec":{"graph":-1.5e3}}"#, "-1.5e3"),
            (#"{"spec":{}}"#, nil), (#"{}"#, nil), (#"{"graph":{}}"#, nil), ("[]", nil),
        ] as [(String, String?)])
    func findsAMember(_ text: String, _ found: String?) {
        let bytes = Array(text.utf8)
        let range = CompactJSON.range(of: ["spec", "graph"], in: bytes)
        #expect(range.map { String(decoding: bytes[$0], as: UTF8.self) } == found)
    }

    @Test(
        arguments: [
            ("{}", 1, .deploying),
            (#"{"phase":"Deploying"}"#, 1, .deploying),
            (#"{"phase":"Deployed","observedGeneration":1}"#, 1, .deployed),
            (#"{"phase":"Deployed"}"#, 5, .deployed),
            (#"{"phase":"Deployed","observedGeneration":1}"#, 2, .deploying),
            (#"{"phase":"Failed","observedGeneration":1}"#, 2, .deploying),
            (#"{"phase":"Failed","observedGeneration":2,"reason":"R","messages":"m"}"#, 2, .error),
            (#"{"phase":"Undeploying","observedGeneration":1}"#, 1, .undeploying),
            (#"{"phase":"Undeployed","observedGeneration":1}"#, 1, .undeployed),
            (#"{"phase":"Deleting","observedGeneration":1}"#, 2, .deleting),
            (#"{"phase":"Pausing","observedGeneration":1}"#, 1, .unknown),
        ] as [(String, Int64, LiveState.Word)])
    func namesTheState(_ status: String, _ generation: Int64, _ word: LiveState.Word) throws {
        #expect(LiveState(status: try JSON(parsing: status), generation: generation).word == word)
    }

    @Test func saysWhy() {
        #expect(
            LiveState(status: ["phase": "Failed", "reason": "NoChart", "messages": "there is none"], generation: 1)
                .message == "there is none")
        #expect(LiveState(status: ["phase": "Pausing"], generation: 1).message?.contains("Pausing") == true)
        #expect(LiveState(status: ["phase": "Deployed"], generation: 1).message == nil)
    }
}

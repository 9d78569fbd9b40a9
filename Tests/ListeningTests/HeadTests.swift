import Foundation
import Testing

/// `HEAD` has an answer without a body, whatever the responder makes of it.
@Suite struct HeadTests {
    @Test func theNextAnswerBeginsWhereTheHeadEnds() async throws {
        let requests = ["HEAD", "GET"].map { "\($0) / HTTP/1.1\r\nHost: x\r\n" }
        let text = try await RawExchange.answers(to: requests[0] + "\r\n" + requests[1] + "Connection: close\r\n\r\n")
        let answers = text.components(separatedBy: "HTTP/1.1 404 Not Found\r\n")
        #expect(answers.count == 3 && answers[0].isEmpty, "\(text)")
        #expect(answers[1].hasSuffix("\r\n\r\n") && answers[1].lowercased().contains("content-length: 12\r\n"))
        #expect(answers[2].hasSuffix("\r\n\r\nnothing here"))
    }
}

import Foundation
import Testing

/// Clients that offer another protocol, as `curl --http2` does: they are answered in HTTP/1.1, on a connection that ends so
/// that no request after it waits for an answer that never comes.
@Suite struct UpgradeTests {
    @Test(
        arguments: [
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}",
            "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    func areAnsweredAndComeAgain(_ request: String) async throws {
        let text = try await RawExchange.answers(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n\(request)")
        let answers = text.components(separatedBy: "HTTP/1.1 404 Not Found\r\n")
        #expect(answers.count == 3, "\(text)")
        #expect(answers[1].lowercased().contains("connection: close") == false, "\(text)")
        #expect(answers[2].lowercased().contains("connection: close\r\n"), "\(text)")
        #expect(answers[2].hasSuffix("\r\n\r\nnothing here"), "\(text)")
    }
}

import Access
import Foundation
import JSONValues
import Listening
import Logs
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Service

/// A TCP connection on which a test sends what it likes.
struct RawConnection {
    /// Sends parts with pauses, and reads until the other end closes.
    ///
    /// - Returns: what came, and how long it took; nil where the connection was still open at the deadline.
    static func exchange(
        _ url: String, _ parts: [String], pause: Duration = .milliseconds(50), within deadline: Duration = .seconds(120)
    ) async throws -> String? {
        let port = try #require(url.split(separator: ":").last.flatMap { Int($0) })
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    var text = ""
                    do {
                        for try await buffer in inbound { text += String(buffer: buffer) }
                    } catch {}
                    return text
                }
                group.addTask {
                    for part in parts {
                        do { try await outbound.write(ByteBuffer(string: part)) } catch { break }
                        try await Task.sleep(for: pause)
                    }
                    try await Task.sleep(for: deadline)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
    }
}

@Suite struct RequestLimitTests {
    @Test func aUserHasARateOfItsOwn() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { options in
            options.service.limits.rate = 0.001  // none comes back while this runs, however long it takes
            options.service.limits.burst = 3
        }
        try await Stack.run(options) { stack in
            for _ in 0..<3 {
                let answer = try await stack.get("/api/v1/apps", headers: Guarded.bearer("viewer"))
                #expect(answer.status == 200)
            }
            let answer = try await stack.get("/api/v1/apps", headers: Guarded.bearer("viewer"))
            #expect(answer.status == 429)
            #expect(answer.state == "too_many_requests")
            #expect(answer.headers["retry-after"].flatMap { Int($0) }.map { (900...1_000).contains($0) } == true)
            #expect(try await stack.get("/api/v1/apps", headers: Guarded.bearer("editor")).status == 200)
            #expect(try await stack.get("/healthz").status == 200, "probes are not counted")
        }
    }

    @Test func thisMachineIsNotCountedWhereNobodyIsAsked() async throws {
        var options = Stack.Options()
        options.service.limits.rate = 0.001
        options.service.limits.burst = 1
        try await Stack.run(options) { stack in
            for _ in 0..<5 {
                let answer = try await stack.get("/api/v1/apps")
                #expect(answer.status == 200)
            }
        }
    }

    @Test func othersAreCountedWhereNobodyIsAsked() async throws {
        var options = Stack.Options()
        options.service.limits.rate = 0.001
        options.service.limits.burst = 1
        options.service.clientAddress = ClientAddress(trusting: AddressRange.loopback)
        try await Stack.run(options) { stack in
            var codes: [Int] = []
            for address in ["203.0.113.1", "203.0.113.1", "203.0.113.2"] {
                codes.append(try await stack.get("/api/v1/apps", headers: ["X-Forwarded-For": address]).status)
            }
            #expect(codes == [200, 429, 200])
        }
    }

    /// All behind it are one client, which is a surprise to whoever runs it.
    @Test func aProxyThatIsNotTrustedIsNamedOnce() async throws {
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        var options = Stack.Options()
        options.logger = book.logger
        try await Stack.run(options) { stack in
            for address in ["203.0.113.1", "203.0.113.2"] {
                _ = try await stack.get("/api/v1/apps", headers: ["X-Forwarded-For": address])
            }
        }
        let lines = book.lines.filter { $0.message.contains("--trusted-proxy") }
        #expect(lines.count == 1 && lines.first?.metadata["peer"] == "127.0.0.1")
    }

    @Test func noMoreRequestsThanThatAreOnTheirWay() async throws {
        var options = Stack.Options()
        options.service.limits.inFlight = 0
        try await Stack.run(options) { stack in
            let answer = try await stack.get("/api/v1/apps")
            #expect(answer.status == 503)
            #expect(answer.state == "busy")
            #expect(answer.headers["retry-after"] == "1")
        }
    }

    @Test func urlsAreShort() async throws {
        try await Stack.run { stack in
            let long = try await stack.get("/api/v1/apps?x=" + String(repeating: "x", count: 8_192))
            #expect(long.status == 414)
            #expect(long.state == "url_too_long")
            #expect(try await stack.get("/api/v1/apps?x=" + String(repeating: "x", count: 8_000)).status == 200)
        }
    }

    @Test(arguments: [
        "X-Long: " + String(repeating: "x", count: 25 << 10),
        (0..<300).map { "X-\($0): y" }.joined(separator: "\r\n"),
        (0..<5).map { "X-\($0): \(String(repeating: "y", count: 20 << 10))" }.joined(separator: "\r\n"),
    ]) func headersAreFewAndShort(_ headers: String) async throws {
        try await Stack.run { stack in
            let answer = try #require(
                try await RawConnection.exchange(
                    stack.url, ["GET /healthz HTTP/1.1\r\nHost: x\r\n\(headers)\r\n\r\n"]))
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"))
        }
    }

    @Test func aHeadThatNeverEndsIsCutOff() async throws {
        var options = Stack.Options()
        options.service.idleTimeout = .milliseconds(400)
        try await Stack.run(options) { stack in
            let parts = ["GET /healthz HTTP/1.1\r\n"] + (0..<200).map { "X-\($0): y\r\n" }
            let answer = try await RawConnection.exchange(stack.url, parts, pause: .milliseconds(100))
            #expect(answer != nil, "the connection was ended")
        }
    }

    @Test func aBodyThatNeverEndsIsCutOff() async throws {
        var options = Stack.Options()
        options.service.bodyTimeout = .milliseconds(300)
        options.service.connections.linger = .seconds(4)  // or the answer may be lost
        try await Stack.run(options) { stack in
            let head =
                "POST /api/v1/graphs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
            let answer = try #require(
                try await RawConnection.exchange(
                    stack.url, [head] + Array(repeating: "{", count: 400), pause: .milliseconds(40)))
            #expect(answer.hasPrefix("HTTP/1.1 408"))
        }
    }

    /// What is wrong with a body only shows when it is read.
    @Test(arguments: ["-1\r\n{}\r\n0\r\n\r\n", "zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0\r\nX-\u{1}: y\r\n\r\n"])
    func aBodyThatIsNoHTTPIsTheClientsMistake(_ chunks: String) async throws {
        try await Stack.run { stack in
            let head =
                "POST /api/v1/graphs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let answer = try #require(try await RawConnection.exchange(stack.url, [head + chunks], pause: .zero))
            #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
        }
    }

    @Test func deepJSONIsRefused() async throws {
        try await Stack.run { stack in
            let deep = String(repeating: "[", count: 101) + String(repeating: "]", count: 101)
            let body = "{\"apiVersion\":\(deep)}"
            let answer = try await stack.send("POST", "/api/v1/graphs", body: Array(body.utf8))
            #expect(answer.status == 422)
            #expect(answer.message?.contains("more than 100 levels deep") == true)
        }
    }

    @Test func aGraphThatTheClusterCannotHoldIsRefused() async throws {
        try await Stack.run { stack in
            var graph = Graph.small()
            guard var web = graph.at("components", "web") else { return }
            web["config"] = ["text": .string(String(repeating: "x", count: 1 << 20))]
            graph["components"] = ["web": web]
            let answer = try await stack.create("team-a_large", graph: graph)
            #expect(answer.status == 422)
            #expect(answer.message?.contains("at most 1048576 fit into the cluster") == true)
            let none = try await stack.get("/api/v1/apps/team-a_large")
            #expect(none.status == 404)
        }
    }
}

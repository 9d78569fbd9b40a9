import AsyncHTTPClient
import JSONValues
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Sandbox

/// A sandbox that runs while a test does.
struct RunningSandbox: Sendable {
    let server: SandboxServer
    let origin: String

    static func with<Value: Sendable>(
        controller: Bool = true, change: (inout SandboxOptions) -> Void = { _ in },
        _ body: @Sendable @escaping (RunningSandbox) async throws -> Value
    ) async throws -> Value {
        var options = SandboxOptions()
        options.controllerDelay = .milliseconds(20)
        options.playsController = controller
        change(&options)
        var logger = Logger(label: "sandbox")
        logger.logLevel = .error
        let server = SandboxServer(options: options, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let address = try await server.started()
            let value = try await body(
                RunningSandbox(server: server, origin: "http://\(address.host):\(address.port)"))
            group.cancelAll()
            return value
        }
    }

    struct Answer: Sendable {
        let status: Int
        let type: String
        let text: String
        var json: JSON? { try? JSON(parsing: text) }
    }

    /// - Parameter status: where the answer has another one, its body is not waited for.
    func request(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        expecting status: Int? = nil,
        within deadline: TimeAmount = .seconds(120)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: origin + target)
        request.method = .RAW(value: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        return try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { [request] in
                let response = try await HTTPClient.shared.execute(request, timeout: deadline)
                let isExpected = status == nil || response.status.code == UInt(status ?? 0)
                let bytes = isExpected ? try await response.body.collect(upTo: 64 << 20) : ByteBuffer()
                return Answer(
                    status: Int(response.status.code), type: response.headers.first(name: "Content-Type") ?? "",
                    text: String(buffer: bytes))
            }
            // The client's own limit ends with the head of the answer; a watch has no end.
            group.addTask {
                try await ContinuousClock().sleep(for: .nanoseconds(deadline.nanoseconds))
                throw NoAnswer()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw NoAnswer() }
            return answer
        }
    }

    struct NoAnswer: Error {}

    func json(_ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json") async throws
        -> Answer
    {
        try await request(
            method, target, headers: body == nil ? [] : [("Content-Type", type)], body: body?.bytes())
    }
}

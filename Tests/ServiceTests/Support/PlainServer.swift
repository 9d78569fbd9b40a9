import Hummingbird
import Listening
import Logging
import Synchronization

/// An HTTP server that answers what a test wants, and remembers what it was asked.
final class PlainServer: Sendable {
    typealias Handler = @Sendable (Request) async throws -> Response

    private let handler: Mutex<Handler>
    private let asked = Mutex<[String]>([])

    init(_ handler: @escaping Handler) { self.handler = Mutex(handler) }

    /// The path and query of each request, in order.
    var requests: [String] { asked.withLock { $0 } }

    func handle(_ handler: @escaping Handler) { self.handler.withLock { $0 = handler } }

    /// Runs it while `body` does.
    func run(_ body: (String) async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let listener = HTTPListener(
            Responder(server: self), host: "127.0.0.1", port: 0, idleTimeout: .seconds(60), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            defer { group.cancelAll() }
            try await body("http://127.0.0.1:\(listener.started().port)")
        }
    }

    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext
        let server: PlainServer

        func respond(to request: Request, context: Context) async throws -> Response {
            server.asked.withLock { $0.append(request.uri.string) }
            return try await server.handler.withLock { $0 }(request)
        }
    }
}

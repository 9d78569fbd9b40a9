import Forges
import Foundation
import HTTPTypes
import Hummingbird
import Instruments
import JSONValues
import Listening
import Logging
import NIOCore
import Secrets
import Synchronization
import TestSupport

/// A forge in this process, which answers what a test wants and remembers what it was asked.
final class FakeForge: Sendable {
    /// What came in.
    struct Asked: Sendable {
        let method: String
        /// The path as it was sent, with its query.
        let path: String
        let headers: [String: String]
        let body: JSON
    }

    /// What goes out.
    struct Answer: Sendable {
        var status: Int
        var body: JSON = .null
        var headers: [String: String] = [:]
        var delay: Duration = .zero
    }

    typealias Handler = @Sendable (Asked) -> Answer

    private let handler: Mutex<Handler>
    private let log = Mutex<[Asked]>([])
    let folder: TemporaryFolder

    init(_ handler: @escaping Handler = { _ in Answer(status: 404) }) throws {
        self.handler = Mutex(handler)
        folder = try TemporaryFolder()
    }

    var asked: [Asked] { log.withLock { $0 } }

    func handle(_ handler: @escaping Handler) { self.handler.withLock { $0 = handler } }

    /// Runs it while `body` does, with a client of it.
    static func run(
        _ kind: ForgeKind, repository: String = "acme/graphs", token: String = "t0p-s3cret",
        timeout: Duration = .seconds(60), time: Int64? = nil, metrics: Registry = Registry(),
        _ body: (FakeForge, ForgeClient) async throws -> Void
    ) async throws {
        let forge = try FakeForge()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let listener = HTTPListener(
            Responder(forge: forge), host: "127.0.0.1", port: 0, idleTimeout: .seconds(60), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            defer { group.cancelAll() }
            let api = try await "http://127.0.0.1:\(listener.started().port)/api"
            let file = SecretFile(try forge.folder.write(token + "\n", to: "token"), logger: logger)
            var settings = ForgeSettings(kind: kind, api: api, repository: repository, token: file)
            settings.timeout = timeout
            settings.metrics = ForgeMetrics(metrics)
            let client = try time.map { time in try ForgeClient(settings, now: { time }) } ?? ForgeClient(settings)
            do {
                try await body(forge, client)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
        }
    }

    private struct Responder: HTTPResponder {
        typealias Context = BasicRequestContext
        let forge: FakeForge

        func respond(to request: Request, context: Context) async throws -> Response {
            let body = try await request.body.collect(upTo: 1 << 20)
            var headers: [String: String] = [:]
            for field in request.headers { headers[field.name.canonicalName] = field.value }
            let asked = Asked(
                method: request.method.rawValue, path: request.uri.string, headers: headers,
                body: (try? JSON(parsing: body.readableBytesView)) ?? .null)
            forge.log.withLock { $0.append(asked) }
            let answer = forge.handler.withLock { $0 }(asked)
            if answer.delay > .zero { try await Task.sleep(for: answer.delay) }
            var response = Response(
                status: .init(code: answer.status),
                body: .init(byteBuffer: ByteBuffer(bytes: answer.body.isNull ? [] : answer.body.bytes())))
            for (name, value) in answer.headers {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        }
    }
}

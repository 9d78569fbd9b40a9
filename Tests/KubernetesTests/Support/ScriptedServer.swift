import JSONValues
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One request as a server got it.
struct RecordedRequest: Sendable {
    var method: String
    /// Path and query, as sent.
    var target: String
    var headers: HTTPHeaders
    var body: [UInt8]

    var path: String { String(target.prefix { $0 != "?" }) }
    /// The query by name, still percent-encoded.
    var query: [String: String] {
        var query: [String: String] = [:]
        for pair in target.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            query[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        return query
    }
    var json: JSON { (try? JSON(parsing: body)) ?? .null }
}

/// What a server does with a request.
enum Script: Sendable {
    case reply(Int, String, headers: [String: String] = [:])
    /// Close the connection without a word.
    case drop
    /// Send the head and a part of the body, then close.
    case cut(String)
    /// Never answer.
    case hang
    /// Send a head and leave the body to the test.
    case stream(StreamHandle)

    static func json(_ json: JSON, _ code: Int = 200, headers: [String: String] = [:]) -> Script {
        .reply(code, json.text(), headers: headers.merging(["Content-Type": "application/json"]) { $1 })
    }
}

/// The body of a chunked answer, written piece by piece.
final class StreamHandle: Sendable {
    private let channel = Mutex<(any Channel)?>(nil)

    var isOpen: Bool { channel.withLock { $0?.isActive ?? false } }

    func start(_ channel: any Channel) { self.channel.withLock { $0 = channel } }

    func send(_ text: String) { write(.body(.byteBuffer(ByteBuffer(string: text)))) }

    func send(_ bytes: [UInt8]) { write(.body(.byteBuffer(ByteBuffer(bytes: bytes)))) }

    func event(_ type: String, _ object: JSON) {
        send(JSON.object(["type": .string(type), "object": object]).text() + "\n")
    }

    /// Ends it in order.
    func end() { write(.end(nil)) }

    /// Breaks the connection.
    func cut() { channel.withLock { $0 }?.close(promise: nil) }

    private func write(_ part: HTTPServerResponsePart) {
        channel.withLock { $0 }?.writeAndFlush(part, promise: nil)
    }
}

/// An HTTP server on a free port that records requests and does what a closure says.
final class ScriptedServer: Sendable {
    typealias Handler = @Sendable (RecordedRequest) -> Script

    private struct State {
        var requests: [RecordedRequest] = []
        var connections = 0
    }

    private let state = Mutex(State())
    private let handler: Mutex<Handler>
    private let channel = Mutex<(any Channel)?>(nil)
    private let scheme: String
    let host: String
    let port: Int

    static func start(
        tls: TLSConfiguration? = nil, host: String = "127.0.0.1", port: Int = 0,
        _ handler: @escaping Handler
    ) async throws -> ScriptedServer {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let box = LateReference<ScriptedServer>()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            // Nobody is let in before there is a server to answer.
            .serverChannelOption(ChannelOptions.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(box))
                    box.value?.state.withLock { $0.connections += 1 }
                }
            }
            .bind(host: host, port: port).get()
        let server = ScriptedServer(
            handler, host: host, port: channel.localAddress?.port ?? 0,
            scheme: tls == nil ? "http" : "https")
        server.channel.withLock { $0 = channel }
        box.value = server
        try await channel.setOption(ChannelOptions.autoRead, value: true).get()
        return server
    }

    private init(_ handler: @escaping Handler, host: String, port: Int, scheme: String) {
        self.handler = Mutex(handler)
        self.host = host
        self.port = port
        self.scheme = scheme
    }

    deinit { channel.withLock { $0 }?.close(promise: nil) }

    var address: String { "\(scheme)://\(host):\(port)" }
    var requests: [RecordedRequest] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.connections) }

    func handle(_ handler: @escaping Handler) { self.handler.withLock { $0 = handler } }

    func stop() async throws { try await channel.withLock { $0 }?.close().get() }

    fileprivate func received(_ request: RecordedRequest) -> Script {
        state.withLock { $0.requests.append(request) }
        return handler.withLock { $0 }(request)
    }
}

/// A reference that is set once the server stands.
final class LateReference<Value: AnyObject & Sendable>: Sendable {
    private struct Weak {
        weak var value: Value?
    }

    private let state = Mutex(Weak())

    var value: Value? {
        get { state.withLock { $0.value } }
        set { state.withLock { $0.value = newValue } }
    }
}

private final class Connection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: LateReference<ScriptedServer>
    private var request: RecordedRequest?

    init(_ server: LateReference<ScriptedServer>) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = RecordedRequest(
                method: head.method.rawValue, target: head.uri, headers: head.headers, body: [])
        case .body(let buffer): request?.body += buffer.readableBytesView
        case .end:
            guard let request, let server = server.value else { return context.close(promise: nil) }
            self.request = nil
            play(server.received(request), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func play(_ script: Script, _ context: ChannelHandlerContext) {
        switch script {
        case .reply(let code, let body, let headers):
            var fields = HTTPHeaders(headers.map { ($0.key, $0.value) })
            fields.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count))
            write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: code), headers: fields)), context)
            write(.body(.byteBuffer(ByteBuffer(string: body))), context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .drop: context.close(promise: nil)
        case .cut(let body):
            let headers: HTTPHeaders = ["Content-Length": String(body.utf8.count + 100)]
            write(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)), context)
            write(.body(.byteBuffer(ByteBuffer(string: body))), context)
            context.flush()
            context.close(promise: nil)
        case .hang: break
        case .stream(let handle):
            let headers: HTTPHeaders = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            // Before the head: who has that may use the handle at once.
            handle.start(context.channel)
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))),
                promise: nil)
        }
    }

    private func write(_ part: HTTPServerResponsePart, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(part), promise: nil)
    }
}

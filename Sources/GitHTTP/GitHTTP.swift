import AsyncAlgorithms
import GitProgram
import HTTPTypes
public import Hummingbird
public import Logging
import Logs
import NIOCore
import Subprocess

/// Git over HTTP: clones, fetches and pushes of one repository, through `git http-backend`.
///
/// It decides nothing: whoever may ask was let in before, and what a push may change its hooks say.
public struct GitHTTP: Sendable {
    private let options: GitHTTPOptions
    private let logger: Logger
    private let places: Places
    private let hooks: HookSocket
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let starter: AsyncStream<@Sendable () async -> Void>.Continuation

    public init(options: GitHTTPOptions, logger: Logger) {
        self.options = options
        self.logger = logger
        places = Places(options.processes, ofOne: options.processesOfOne)
        hooks = HookSocket(logger: logger)
        (jobs, starter) = AsyncStream.makeStream()
    }

    /// Runs the processes of requests until it is cancelled, which ends those that still run.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await hooks.run() }
            for await job in jobs { group.addTask(operation: job) }
        }
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - path: the path behind `/git/`, for example `graphs.git/info/refs`.
    ///   - pusher: who asks.
    ///   - answer: answers what a hook asks while a push waits, by ``HookLine``; question and answer are one line each.
    ///   - seen: called for each commit that a push wants a reference to be at, before the push is done.
    /// - Returns: git's answer as it comes, or a line of text with a status that says what is wrong.
    public func respond(
        to request: Request, path: Substring, pusher: Pusher, answer: (@Sendable (String) async -> String)? = nil,
        seen: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Response {
        do {
            guard path.hasPrefix(Self.name) else { throw Refusal.nothing }
            let wanted = try GitRequest(
                request.method, path: path.dropFirst(Self.name.count), query: request.uri.query)
            return try await run(wanted, request, pusher, answer, seen)
        } catch let refusal as Refusal {
            return Self.response(to: refusal)
        }
    }

    /// The name of the repository in the path.
    private static let name = "graphs.git"

    private func run(
        _ wanted: GitRequest, _ request: Request, _ pusher: Pusher, _ answer: HookSocket.Answer?,
        _ seen: @escaping @Sendable (String) -> Void
    ) async throws -> Response {
        let holder = pusher.holder
        guard await places.take(holder, within: options.patience) else {
            try Task.checkCancellation()
            throw Refusal.busy
        }
        let exchange = Exchange(slowestBody: options.slowestBody)
        let key = wanted.isPush ? answer.map { hooks.admit($0) } : nil
        let process = CGIProcess(
            program: options.program, arguments: ["http-backend"],
            environment: BackendEnvironment.make(
                wanted, headers: request.headers, options, pusher, hooks: key.map { hooks.variables(key: $0) } ?? [:]),
            idleTimeout: options.idleTimeout, totalTimeout: options.totalTimeout,
            memory: wanted.isPush ? pusher.memory(options) : options.memory)
        let (id, commands) = (RequestID.current, SeenCommands())
        let yielded = starter.yield { [places, hooks, logger] in
            let start = ContinuousClock.now
            let outcome = await process.run(exchange)
            if let key { hooks.forget(key) }
            await places.give(holder)
            // Not a task of the request any more.
            RequestID.$current.withValue(id) {
                Self.log(outcome, of: wanted, commands, by: pusher, took: .now - start, logger)
            }
        }
        if case .terminated = yielded {
            if let key { hooks.forget(key) }
            await places.give(holder)
            throw Refusal.busy
        }
        let hold = ExchangeHold(exchange)
        let beginning: Exchange.Beginning
        do {
            beginning = try await exchange.beginning.value()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Refusal.failed
        }
        let body = request.body
        let isPush = wanted.isPush
        return Response(
            status: .init(code: beginning.head.status), headers: beginning.head.fields,
            body: ResponseBody { writer in
                defer { hold.exchange.end() }
                try await Self.relay(body, through: hold.exchange, input: beginning.input, to: &writer) { part in
                    guard isPush, let commands = commands.take(part) else { return }
                    for command in commands { seen(command.commit) }
                }
                try await writer.finish(nil)
            })
    }

    /// Writes the request's body to the process while its output is written to the client.
    private static func relay(
        _ body: RequestBody, through exchange: Exchange, input: StandardInputWriter,
        to writer: inout any ResponseBodyWriter, reading: @escaping @Sendable (ByteBufferView) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Self.feed(body, to: input, exchange, reading) }
            for try await part in exchange.output {
                try await writer.write(part)
                exchange.moved()
            }
            group.cancelAll()
        }
    }

    /// Writes the request's body to the process, until that reads no more: then its answer says why.
    ///
    /// What throws a typed error is called from functions apart, which are not inlined: Swift 6.3 fails to optimise
    /// the loop otherwise ("while splitting coroutine").
    private static func feed(
        _ body: RequestBody, to input: StandardInputWriter, _ exchange: Exchange,
        _ reading: @Sendable (ByteBufferView) -> Void
    ) async throws {
        var parts = body.makeAsyncIterator()
        while let part = try await next(of: &parts, exchange) {
            exchange.received(part.readableBytes)
            reading(part.readableBytesView)
            let start = ContinuousClock.now
            guard await write(part, to: input) else { return }
            // The process has held it up, not the client.
            if ContinuousClock.now - start > .seconds(1) { exchange.moved() }
        }
        exchange.moved()
        await finish(input)
    }

    private static func next(
        of parts: inout RequestBody.AsyncIterator, _ exchange: Exchange
    ) async throws -> ByteBuffer? {
        do {
            return try await parts.next()
        } catch {
            exchange.end()  // the client is gone
            throw error
        }
    }

    @inline(never)
    private static func write(_ part: ByteBuffer, to input: StandardInputWriter) async -> Bool {
        do {
            _ = try await input.write(Array(part.readableBytesView))
            return true
        } catch {
            return false
        }
    }

    @inline(never)
    private static func finish(_ input: StandardInputWriter) async {
        do { try await input.finish() } catch {}
    }

    private static func response(to refusal: Refusal) -> Response {
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if case .method(let allowed) = refusal { headers[.allow] = allowed }
        if refusal == .busy { headers[.retryAfter] = "5" }
        return Response(
            status: refusal.status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: refusal.message + "\n")))
    }

    private static func log(
        _ outcome: CGIProcess.Outcome, of wanted: GitRequest, _ seen: SeenCommands, by pusher: Pusher,
        took: Duration, _ logger: Logger
    ) {
        var metadata: Logger.Metadata = [
            "user": "\(pusher.user)", "name": "\(pusher.name)", "email": "\(pusher.email)",
            "milliseconds": .stringConvertible(Int(took / .milliseconds(1))),
        ]
        let commands = seen.commands
        if !commands.isEmpty { metadata["commits"] = .array(commands.map { "\($0.commit)" }) }
        if !outcome.errors.isEmpty { metadata["errors"] = "\(outcome.errors)" }
        if let failure = outcome.failure {
            metadata["request"] = "\(wanted.path)"
            metadata["reason"] = "git http-backend \(failure)"
            logger.warning("a request of git's failed", metadata: metadata)
        } else if wanted.isPush {
            logger.info("took a push over HTTP", metadata: metadata)
        } else {
            logger.debug("served git", metadata: metadata.merging(["request": "\(wanted.path)"]) { $1 })
        }
    }
}

extension HTTPField.Name {
    fileprivate static let retryAfter = HTTPField.Name("Retry-After") ?? .date
}

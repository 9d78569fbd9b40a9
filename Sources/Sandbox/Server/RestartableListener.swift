import Hummingbird
import Listening

/// A listener that can be taken away and come back on its port, as a process that is killed and started again.
actor RestartableListener<Responder: HTTPResponder>
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    /// Told when what was asked for is done.
    private typealias Turn = CheckedContinuation<Void, Never>

    private let make: @Sendable (_ port: Int?) -> HTTPListener<Responder>
    private var listener: HTTPListener<Responder>
    private var isStopped = false
    /// Who wants it to listen again, until it does.
    private var starting: Turn?
    /// Each ends one half of ``run()``: it listens, it does not, it listens again.
    private let turns: AsyncStream<Turn>
    private let turn: AsyncStream<Turn>.Continuation

    /// - Parameter make: a new listener on a port; on that of the options where none is given.
    init(_ make: @escaping @Sendable (_ port: Int?) -> HTTPListener<Responder>) {
        self.make = make
        listener = make(nil)
        (turns, turn) = AsyncStream.makeStream()
    }

    /// Serves until it is shut down or cancelled, but for the times between ``stop()`` and ``start()``.
    func run() async throws {
        defer {
            turn.finish()
            listens()
        }
        var port: Int?
        while true {
            guard let half = try await serve(again: port) else { return }
            // Nobody else is to be given the port meanwhile.
            let place = HeldPort(half.port)
            half.stopped.resume()
            starting = await nextTurn()
            place.letGo()
            guard starting != nil else { throw CancellationError() }
            port = half.port
        }
    }

    /// Waits until it listens.
    /// - Throws: where it has ended without.
    func started() async throws -> ListeningAddress { try await listener.started() }

    /// Cuts all connections, whatever they are about, and closes its port. Returns when that is done.
    func stop() async {
        guard !isStopped else { return }
        isStopped = true
        await ask()
    }

    /// Listens again on the port of before. Returns when it does.
    func start() async throws {
        guard isStopped else { return }
        isStopped = false
        await ask()
        _ = try await started()
    }

    private func listens() {
        starting?.resume()
        starting = nil
    }

    /// Serves one half, and tries for a while to get the port of before: a program that is just being started has a copy
    /// of what listened there until it runs.
    private func serve(again port: Int?) async throws -> (port: Int, stopped: Turn)? {
        guard let port else { return try await serve() }
        let end = ContinuousClock.now.advanced(by: .seconds(30))
        while true {
            listener = make(port)
            do { return try await serve() } catch {
                guard starting != nil, !Task.isCancelled, ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// - Returns: where it listened and who wanted it stopped; nil where it has ended by itself.
    private func serve() async throws -> (port: Int, stopped: Turn)? {
        let listener = listener
        return try await withThrowingTaskGroup(of: (port: Int, stopped: Turn)?.self) { group in
            group.addTask {
                try await listener.run()
                return nil
            }
            group.addTask {
                let port = try await listener.started().port
                await self.listens()
                return await self.nextTurn().map { (port, $0) }
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }

    private func nextTurn() async -> Turn? {
        for await turn in turns { return turn }
        return nil
    }

    private func ask() async {
        await withCheckedContinuation { continuation in
            // One that has ended does what it is asked for already.
            if case .enqueued = turn.yield(continuation) { return }
            continuation.resume()
        }
    }
}

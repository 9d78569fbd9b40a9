import AsyncAlgorithms
import NIOCore
import Subprocess
import Synchronization

/// One request on its way through a process: the process runs in one task, the answer is written in another.
///
/// The process is ended when the answer is not wanted any more, at the latest when this object goes.
final class Exchange: Sendable {
    /// What the process says first.
    struct Beginning: Sendable {
        let head: CGIHead
        let input: StandardInputWriter
    }

    let beginning = Once<Beginning>()
    /// What comes after the head; each part is waited for until it is taken, so that no more than one is held.
    let output = AsyncThrowingChannel<ByteBuffer, any Error>()
    /// Set when the process is to end.
    let ending = Once<Void>()
    private let progress = Mutex((at: ContinuousClock.now, bytes: 0))
    private let slowestBody: Int

    /// - Parameter slowestBody: how many bytes of a body count as some.
    init(slowestBody: Int = 1) { self.slowestBody = slowestBody }

    /// Notes that something went in or out.
    func moved() { progress.withLock { $0 = (.now, 0) } }

    /// Notes that some of the body has come: who sends a byte now and then holds its place no longer than who sends none.
    func received(_ count: Int) {
        progress.withLock { progress in
            progress.bytes += count
            if progress.bytes >= slowestBody { progress = (.now, 0) }
        }
    }

    /// How long nothing has.
    var silence: Duration { progress.withLock { ContinuousClock.now - $0.at } }

    func end() { ending.set(.success(())) }
}

/// Lends an exchange to an answer; the process ends with it.
final class ExchangeHold: Sendable {
    let exchange: Exchange
    init(_ exchange: Exchange) { self.exchange = exchange }
    deinit { exchange.end() }
}

/// A value that is set once, and that one task waits for.
final class Once<Value: Sendable>: Sendable {
    private struct State {
        var value: Result<Value, any Error>?
        var waiting: CheckedContinuation<Value, any Error>?
    }

    private let state = Mutex(State())

    /// Sets the value, if nobody has.
    func set(_ value: Result<Value, any Error>) {
        let waiting = state.withLock { state in
            if state.value == nil { state.value = value }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(with: value)
    }

    /// Waits for the value.
    ///
    /// - Throws: what was set, or `CancellationError`.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let value = state.withLock { state -> Result<Value, any Error>? in
                    if let value = state.value { return value }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiting = continuation
                    return nil
                }
                if let value { continuation.resume(with: value) }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume(throwing: CancellationError())
        }
    }
}

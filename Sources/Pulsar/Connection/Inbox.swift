import NIOCore
import Synchronization

/// What a connection waits for: answers by the id of their request, receipts by producer, messages by consumer.
///
/// Whatever is waited for when the connection ends, fails with the reason; what nobody waits for is dropped.
final class Inbox: Sendable {
    private struct State {
        var lastID: UInt64 = 0
        var heard: UInt64 = 0
        var handshake: EventLoopPromise<Void>?
        var answers: [UInt64: EventLoopPromise<WireBaseCommand>] = [:]
        var receipts: [UInt64: EventLoopPromise<WireBaseCommand>] = [:]
        var consumers: [UInt64: AsyncThrowingStream<Frame, any Error>.Continuation] = [:]
        var end: PulsarError?
    }

    private let state = Mutex(State())

    /// An id that this connection has not used, for a request, a producer or a consumer.
    func newID() -> UInt64 {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    /// How many frames have come.
    var heard: UInt64 { state.withLock { $0.heard } }

    /// Why the connection has ended; nil while it has not.
    var ended: PulsarError? { state.withLock { $0.end } }

    // MARK: - Waiting

    /// The end of the handshake.
    func handshake(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        expect(on: eventLoop) { $0.handshake = $1 }
    }

    /// The answer to a request; an error that the broker answers is thrown by who reads it.
    func answer(to request: UInt64, on eventLoop: any EventLoop) -> EventLoopFuture<WireBaseCommand> {
        expect(on: eventLoop) { $0.answers[request] = $1 }
    }

    /// What becomes of the next message that a producer sends.
    func receipt(for producer: UInt64, on eventLoop: any EventLoop) -> EventLoopFuture<WireBaseCommand> {
        expect(on: eventLoop) { $0.receipts[producer] = $1 }
    }

    /// The messages for a consumer. A broker that sends more than it may loses what is over.
    func messages(for consumer: UInt64) -> AsyncThrowingStream<Frame, any Error> {
        let (stream, continuation) = AsyncThrowingStream<Frame, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(64))
        let end = state.withLock { state in
            if state.end == nil { state.consumers[consumer] = continuation }
            return state.end
        }
        if let end { continuation.finish(throwing: end) }
        return stream
    }

    private func expect<Value: Sendable>(
        on eventLoop: any EventLoop, _ keep: (inout State, EventLoopPromise<Value>) -> Void
    ) -> EventLoopFuture<Value> {
        let promise = eventLoop.makePromise(of: Value.self)
        let end = state.withLock { state in
            if state.end == nil { keep(&state, promise) }
            return state.end
        }
        if let end { promise.fail(end) }
        return promise.futureResult
    }

    /// Waits no more for the answer to a request.
    func forget(request: UInt64) {
        state.withLock { $0.answers.removeValue(forKey: request) }?.fail(CancellationError())
    }

    /// Waits no more for the receipt of a producer's message.
    func forget(producer: UInt64) {
        state.withLock { $0.receipts.removeValue(forKey: producer) }?.fail(CancellationError())
    }

    /// Drops what comes for a consumer from now on.
    func forget(consumer: UInt64) {
        state.withLock { $0.consumers.removeValue(forKey: consumer) }?.finish()
    }

    // MARK: - What comes

    /// Hands a frame to who waits for it.
    func take(_ frame: Frame) {
        let command = frame.command
        state.withLock { $0.heard += 1 }
        guard command.hasType else { return }
        switch command.type {
        case .connected: state.withLock { $0.handshake.take() }?.succeed()
        case .error: fail(command)
        case .success: answer(command.success.requestID, command)
        case .producerSuccess:
            // Not yet: the broker says so again once the producer may send.
            if command.producerSuccess.producerReady { answer(command.producerSuccess.requestID, command) }
        case .partitionedMetadataResponse: answer(command.partitionMetadataResponse.requestID, command)
        case .lookupResponse: answer(command.lookupTopicResponse.requestID, command)
        case .sendReceipt:
            state.withLock { $0.receipts.removeValue(forKey: command.sendReceipt.producerID) }?
                .succeed(command)
        case .sendError:
            state.withLock { $0.receipts.removeValue(forKey: command.sendError.producerID) }?
                .succeed(command)
        case .message: state.withLock { $0.consumers[command.message.consumerID] }?.yield(frame)
        case .closeProducer:
            state.withLock { $0.receipts.removeValue(forKey: command.closeProducer.producerID) }?
                .fail(PulsarError(.lost, "the broker has given the topic up"))
        case .closeConsumer:
            state.withLock { $0.consumers.removeValue(forKey: command.closeConsumer.consumerID) }?
                .finish(throwing: PulsarError(.lost, "the broker has given the topic up"))
        default: break
        }
    }

    private func answer(_ request: UInt64, _ command: WireBaseCommand) {
        state.withLock { $0.answers.removeValue(forKey: request) }?.succeed(command)
    }

    /// Before the handshake is done an error is about that, whatever request it names.
    private func fail(_ command: WireBaseCommand) {
        if let handshake = state.withLock({ $0.handshake.take() }) {
            handshake.fail(PulsarError.answer(command.error.error, command.error.message, to: "the connection"))
        } else {
            answer(command.error.requestID, command)
        }
    }

    /// Ends everything; only the first reason counts.
    func end(_ reason: PulsarError) {
        let left = state.withLock { state -> State? in
            guard state.end == nil else { return nil }
            let left = state
            state = State(lastID: state.lastID, heard: state.heard, end: reason)
            return left
        }
        guard let left else { return }
        left.handshake?.fail(reason)
        for promise in left.answers.values { promise.fail(reason) }
        for promise in left.receipts.values { promise.fail(reason) }
        for continuation in left.consumers.values { continuation.finish(throwing: reason) }
    }
}

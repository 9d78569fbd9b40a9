import AsyncHTTPClient
import JSONValues
import NIOCore
import NIOFoundationCompat

/// The changes of a collection, one after the other.
///
/// The request is sent when the first event is asked for, and nothing is read ahead of what is asked for. It ends
/// - without an error where the server ends it: watch again from the last resource version;
/// - with ``KubernetesError/isGone`` where the resource version is too old: list again;
/// - with ``KubernetesError/Kind/connectionLost`` or ``KubernetesError/Kind/timedOut`` where the stream was cut;
/// - with another ``KubernetesError`` where the server refuses.
public struct Watch: AsyncSequence, Sendable {
    /// A change of one object.
    public typealias Element = WatchEvent
    /// How a watch may end other than in order.
    public typealias Failure = KubernetesError

    let transport: Transport
    let request: Outgoing
    let silence: Duration

    /// One stream of its own.
    public func makeAsyncIterator() -> Iterator { Iterator(watch: self) }

    /// Reads one stream.
    public struct Iterator: AsyncIteratorProtocol {
        private enum State {
            case waiting
            case reading(HTTPClientResponse.Body.AsyncIterator)
            case ended
        }

        private let watch: Watch
        private var state = State.waiting
        private var lines = LineSplitter()

        init(watch: Watch) { self.watch = watch }

        /// Waits until the server has accepted the watch; ``next()`` does so by itself.
        public mutating func connect(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(KubernetesError) {
            guard case .waiting = state else { return }
            state = .ended
            do {
                state = .reading(try await watch.transport.stream(watch.request).body.makeAsyncIterator())
            } catch {
                if error.error.isUnauthorized { watch.transport.credentials.invalidate() }
                throw error.error
            }
        }

        /// Waits for the next event; nil after an end in order.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(KubernetesError) -> WatchEvent? {
            try await connect(isolation: actor)
            while true {
                if let line = lines.next() {
                    return try decode(line)
                }
                guard case .reading(var body) = state else { return nil }
                state = .ended
                let chunk: ByteBuffer?
                do {
                    chunk = try await body.next(isolation: actor)
                } catch {
                    throw TransportError.classify(
                        error, wasSent: true, limit: watch.silence, operation: watch.request.operation
                    ).error
                }
                guard let chunk else {
                    guard lines.pending == 0 else { throw lost("the stream ended in the middle of an event") }
                    return nil
                }
                state = .reading(body)
                lines.append(chunk)
            }
        }

        private mutating func decode(_ line: ByteBuffer) throws(KubernetesError) -> WatchEvent {
            do throws(KubernetesError) {
                return try WatchEvent(line, operation: watch.request.operation)
            } catch {
                state = .ended
                lines = LineSplitter()
                throw error
            }
        }

        private func lost(_ message: String) -> KubernetesError {
            KubernetesError(.connectionLost, operation: watch.request.operation, message: message)
        }
    }
}

extension WatchEvent {
    /// Reads one line of a watch.
    /// - Throws: the error that an ERROR event holds, for example ``KubernetesError/isGone``.
    init(_ line: ByteBuffer, operation: KubernetesError.Operation) throws(KubernetesError) {
        let json: JSON
        do {
            json = try JSON(parsing: line.readableBytesView, options: .withoutManagedFields(depth: 3))
        } catch {
            throw KubernetesError(.decoding, operation: operation, message: "an event is no JSON: \(error)")
        }
        let type = json["type"]?.string ?? ""
        guard let object = json["object"], object.object != nil else {
            throw KubernetesError(.decoding, operation: operation, message: "an event \"\(type)\" without object")
        }
        if type == "ERROR" {
            throw StatusBody.error(object, code: Int(object["code"]?.int ?? 500), operation: operation)
        }
        guard let kind = Kind(rawValue: type) else {
            throw KubernetesError(.decoding, operation: operation, message: "an event of unknown type \"\(type)\"")
        }
        self.init(kind, KubernetesObject(object))
    }
}

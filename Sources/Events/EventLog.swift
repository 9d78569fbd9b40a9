import DequeModule
import Synchronization

/// The newest events of this process, numbered, for whoever listens.
///
/// Nothing is kept for a listener: each reads on from the number where it is. One that has fallen so far behind that events
/// are forgotten has lost them.
public final class EventLog: Sendable {
    /// An event with its number.
    public struct Entry: Sendable, Hashable {
        public let id: EventID
        public let event: Event
    }

    /// What follows on a number.
    public enum Stretch: Sendable, Hashable {
        /// In order; empty where nothing has happened since.
        case entries([Entry])
        /// Some of it is forgotten.
        case lost
    }

    /// Where a client begins.
    public enum Beginning: Sendable, Hashable {
        /// After this event, with all that follows on it.
        case after(EventID)
        /// At the newest event: what was before is not known here, and why.
        case reset(EventID, Reset)
    }

    /// Why a client cannot go on from where it was.
    public enum Reset: String, Sendable, Hashable {
        /// The service was started anew, or it is another replica.
        case restarted
        /// More has happened since than is kept.
        case tooOld = "too_old"
    }

    private struct State {
        var kept: Deque<Entry> = []
        var last: UInt64 = 0
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
        var nextListener: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let run: String
    private let capacity: Int

    /// - Parameters:
    ///   - capacity: how many events are kept.
    ///   - run: eight hexadecimal digits; random ones if nil.
    public init(capacity: Int = 4_096, run: String? = nil) {
        self.capacity = max(1, capacity)
        self.run = run ?? EventID.newRun()
    }

    /// Notes an event and wakes all who listen; never waits for any of them.
    public func append(_ event: Event) {
        let listeners = state.withLock { state in
            state.last += 1
            if state.kept.count == capacity { state.kept.removeFirst() }
            state.kept.append(Entry(id: EventID(run: run, number: state.last), event: event))
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// The newest event's id; number 0 before there is one.
    public var last: EventID { EventID(run: run, number: state.withLock(\.last)) }

    /// How many listen.
    public var listenerCount: Int { state.withLock(\.listeners.count) }

    /// Where somebody begins who was told of events up to an id.
    ///
    /// - Parameter text: the id as the client sent it; nil begins with what happens from now on.
    public func beginning(after text: String?) -> Beginning {
        state.withLock { state in
            let last = EventID(run: run, number: state.last)
            guard let text else { return .after(last) }
            guard let id = EventID(text), id.run == run, id.number <= state.last else {
                return .reset(last, .restarted)
            }
            return isKept(after: id.number, state) ? .after(id) : .reset(last, .tooOld)
        }
    }

    /// What follows on a number.
    ///
    /// - Parameter limit: how many events at most.
    public func stretch(after number: UInt64, limit: Int = 256) -> Stretch {
        state.withLock { state in
            guard number < state.last else { return .entries([]) }
            guard isKept(after: number, state), let first = state.kept.first else { return .lost }
            let start = Int(number + 1 - first.id.number)
            return .entries(Array(state.kept[start..<min(start + limit, state.kept.count)]))
        }
    }

    private func isKept(after number: UInt64, _ state: borrowing State) -> Bool {
        number == state.last || number + 1 >= state.kept.first?.id.number ?? 1
    }

    /// Comes once after each event, or once after several; ends when the log is closed.
    public func signals() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number: UInt64? = state.withLock { state in
            if state.isClosed { return nil }
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { _ in self.state.withLock { $0.listeners[number] = nil } }
        return stream
    }

    /// Sends all who listen away, as the service ends.
    public func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}

import Synchronization

/// Says whether something may be written, as a test sets it, and counts how often it was asked.
public final class Fence: Sendable {
    private let state = Mutex((isOpen: true, looks: 0))

    public init() {}

    /// What a client asks.
    public func look() -> Bool {
        state.withLock { state in
            state.looks += 1
            return state.isOpen
        }
    }

    /// How often it was asked.
    public var looks: Int { state.withLock(\.looks) }

    public func set(open: Bool) { state.withLock { $0.isOpen = open } }
}

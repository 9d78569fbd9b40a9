import Synchronization

/// A number that several tasks count up.
public final class Counter: Sendable {
    private let count = Mutex(0)

    public var value: Int { count.withLock { $0 } }

    public init() {}

    /// Counts one more.
    /// - Returns: the number then.
    @discardableResult
    public func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

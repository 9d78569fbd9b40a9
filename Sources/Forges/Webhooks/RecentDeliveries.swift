/// Deliveries of the last minute, so that one that is sent again, by whom ever, makes no work.
///
/// By the digest of the body: the ids of deliveries are in headers, which no signature covers.
public struct RecentDeliveries: Sendable {
    private var seen: [[UInt8]: Duration] = [:]
    private var order: [[UInt8]] = []
    private var first = 0

    /// How long a delivery is remembered.
    public static let lifetime: Duration = .seconds(60)
    /// How many are remembered at most.
    static let limit = 1_024

    public init() {}

    /// Notes a delivery.
    ///
    /// - Parameters:
    ///   - digest: of its body.
    ///   - now: the time since any one moment.
    /// - Returns: whether it was seen before.
    public mutating func note(_ digest: [UInt8], now: Duration) -> Bool {
        while first < order.count, order.count - first >= Self.limit || isOver(order[first], now) {
            seen[order[first]] = nil
            first += 1
        }
        if first > Self.limit {
            order.removeFirst(first)
            first = 0
        }
        if seen[digest] != nil { return true }
        seen[digest] = now
        order.append(digest)
        return false
    }

    private func isOver(_ digest: [UInt8], _ now: Duration) -> Bool {
        seen[digest].map { now - $0 > Self.lifetime } ?? true
    }
}

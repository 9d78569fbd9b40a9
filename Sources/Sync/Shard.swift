public import Apps

/// A part of all apps: each app belongs to exactly one of so many, by its name alone.
///
/// Processes that apply a part each need not talk to each other, as long as all of them count the same number of parts.
public struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public let number: Int
    /// How many there are.
    public let count: Int

    /// Reads `N/M`; nil where N is not from 1 to M, or M not from 1 to 256.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[0]), let count = Int(parts[1]), (1...256).contains(count),
            (1...count).contains(number)
        else { return nil }
        self.number = number
        self.count = count
    }

    /// `N/M`.
    public var description: String { "\(number)/\(count)" }

    /// Whether an app belongs here.
    public func holds(_ app: AppID) -> Bool { Self.number(of: app, in: count) == number }

    /// The number of the part that an app belongs to: FNV-1a of its id, so that it is the same everywhere and always.
    public static func number(of app: AppID, in count: Int) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in app.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The lowest bits of FNV-1a alone are no good ones.
        return Int((hash ^ (hash >> 32)) % UInt64(count)) + 1
    }
}

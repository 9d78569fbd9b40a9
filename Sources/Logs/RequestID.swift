public import Logging
import Synchronization

/// What a request, and everything that it causes, is known by: in the log, in answers, in events.
public struct RequestID: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// One that a client has chosen.
    ///
    /// - Returns: nil unless it is 1 to 128 letters, digits or `-._:+/=`: nothing that a log or a header could trip over.
    public init?(_ text: String) {
        let isGood = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "-._:+/=".utf8.contains(byte)
            }
        }
        guard isGood, (1...128).contains(text.utf8.count) else { return nil }
        description = text
    }

    private init(made text: String) { description = text }

    private static let process = String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
    private static let count = Atomic<UInt64>(0)

    /// A new one, that no other request of this or another process has.
    public static func make() -> RequestID {
        RequestID(made: "\(process)-\(count.wrappingAdd(1, ordering: .relaxed).newValue)")
    }

    /// That of the request that this task answers, or that has caused what it does; nil outside of requests.
    @TaskLocal public static var current: RequestID?

    /// Gives each entry of a log the `requestId` of the task that writes it.
    public static let metadataProvider = Logger.MetadataProvider {
        current.map { ["requestId": "\($0)"] } ?? [:]
    }
}

/// Why a graph repository cannot be opened: what, where, and what to do.
public struct AppStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Why a key, a signature or a list of signers cannot be used: what, where, and what to do.
public struct SignatureError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

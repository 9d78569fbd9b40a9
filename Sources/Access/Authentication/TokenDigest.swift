import Crypto
public import Secrets

/// The SHA-256 of a token. What is kept of a token is this and never the token.
public struct TokenDigest: Sendable, Hashable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// The digest of a token.
    public init(of token: Secret) { bytes = Array(SHA256.hash(data: Array(token.exposed.utf8))) }

    /// - Parameter hexadecimal: 64 hexadecimal digits; nil for anything else.
    public init?(hexadecimal: String) {
        let digits = Array(hexadecimal.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// 64 hexadecimal digits in lower case.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Compares in a time that does not depend on where the first difference is.
    public func equals(_ other: TokenDigest) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        var difference: UInt8 = 0
        for index in bytes.indices { difference |= bytes[index] ^ other.bytes[index] }
        return difference == 0
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Names entries of tables by digests in a way that no one outside of the process can foresee: an HMAC under a key that
/// is made anew at every start. How long a look into such a table takes says nothing about the digests in it.
struct BlindKeys: Sendable {
    private let key = SymmetricKey(size: .bits256)

    struct Key: Sendable, Hashable {
        fileprivate let bytes: [UInt8]
    }

    func key(_ digest: TokenDigest) -> Key {
        Key(bytes: Array(HMAC<SHA256>.authenticationCode(for: digest.bytes, using: key)))
    }
}

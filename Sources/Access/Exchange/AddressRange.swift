import Foundation
import NIOCore

/// Addresses that begin alike: `10.0.0.0/8`, `fd00::/8`, `192.0.2.7`.
public struct AddressRange: Sendable, Hashable {
    private let prefix: [UInt8]
    private let bits: Int

    /// - Returns: nil where it is no address, or has more bits than one.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = Self.bytes(String(parts[0])) else { return nil }
        prefix = bytes
        if parts.count == 2 {
            guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits), parts[1].allSatisfy(\.isASCII) else {
                return nil
            }
            self.bits = bits
        } else {
            bits = bytes.count * 8
        }
    }

    /// Whether an address lies in it.
    public func contains(_ address: String) -> Bool {
        guard let bytes = Self.bytes(address), bytes.count == prefix.count else { return false }
        let (whole, rest) = (bits / 8, bits % 8)
        guard bytes[..<whole] == prefix[..<whole] else { return false }
        return rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0
    }

    /// The bytes of an address; those of an IPv4 one that is written as IPv6 (`::ffff:10.0.0.1`) are IPv4's.
    private static func bytes(_ text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        switch address {
        case .v4(let address): return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
        case .v6(let address):
            let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? Array(bytes[12...]) : bytes
        case .unixDomainSocket: return nil
        }
    }

    /// This machine.
    public static let loopback = ["127.0.0.0/8", "::1"].compactMap { AddressRange($0) }
}

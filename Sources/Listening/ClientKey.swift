import Glibc

/// By what the limits of one client know it.
public enum ClientKey {
    /// An address; of an IPv6 one its first half (`2001:db8:0:1::/64`), as whoever has one address has all that begin so.
    ///
    /// An IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is IPv4's.
    public static func of(_ address: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return bytes[12...].map { String($0) }.joined(separator: ".")
        }
        let groups = stride(from: 0, to: 8, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::/64"
    }
}

/// Where a broker or a proxy listens: `pulsar://host:6650`, or `pulsar+ssl://host:6651` for TLS.
public struct BrokerAddress: Sendable, Hashable, CustomStringConvertible {
    /// Whether to speak TLS.
    public let usesTLS: Bool
    /// A name or an address, the latter without brackets.
    public let host: String
    public let port: Int

    /// - Throws: ``BrokerAddressError`` where the text is something else.
    public init(_ text: String) throws(BrokerAddressError) {
        func wrong(_ reason: String) -> BrokerAddressError { BrokerAddressError(text: text, reason: reason) }
        let rest: Substring
        if text.lowercased().hasPrefix("pulsar://") {
            usesTLS = false
            rest = text.dropFirst("pulsar://".count)
        } else if text.lowercased().hasPrefix("pulsar+ssl://") {
            usesTLS = true
            rest = text.dropFirst("pulsar+ssl://".count)
        } else {
            throw wrong("it begins with neither pulsar:// nor pulsar+ssl://")
        }
        guard !rest.contains("@") else {
            throw BrokerAddressError(text: "(hidden)", reason: "a user in an address would be shown in logs")
        }
        var name = rest.hasSuffix("/") ? rest.dropLast() : rest
        var port: Substring?
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            let tail = name[name.index(after: end)...]
            guard tail.isEmpty || tail.hasPrefix(":") else { throw wrong("after ] only a port may stand") }
            port = tail.isEmpty ? nil : tail.dropFirst()
            name = name[..<end].dropFirst()
            guard name.utf8.allSatisfy({ Self.isAddressByte($0) }) else { throw wrong("no IPv6 address in brackets") }
        } else {
            if let colon = name.firstIndex(of: ":") {
                port = name[name.index(after: colon)...]
                name = name[..<colon]
            }
            guard name.utf8.allSatisfy({ Self.isNameByte($0) }) else { throw wrong("its host is no name") }
        }
        guard !name.isEmpty, name.utf8.count <= 253 else { throw wrong("it has no host") }
        host = String(name)
        if let port {
            guard let number = Int(port), (1...65_535).contains(number) else { throw wrong("its port is no port") }
            self.port = number
        } else {
            self.port = usesTLS ? 6_651 : 6_650
        }
    }

    /// As it is written, port included.
    public var description: String { "\(usesTLS ? "pulsar+ssl" : "pulsar")://\(hostAndPort)" }

    /// `host:port`, as a proxy wants a broker named.
    var hostAndPort: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// Why a text is no address of a broker.
public struct BrokerAddressError: Error, CustomStringConvertible {
    let text: String
    let reason: String

    public var description: String {
        "'\(text)' is no address of a Pulsar broker: \(reason); expected pulsar://HOST:PORT or pulsar+ssl://HOST:PORT"
    }
}

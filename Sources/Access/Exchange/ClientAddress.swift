/// Where requests come from, seen past the proxies that are trusted.
public struct ClientAddress: Sendable {
    private let proxies: [AddressRange]

    /// - Parameter proxies: whose `X-Forwarded-For` is believed.
    public init(trusting proxies: [AddressRange] = []) { self.proxies = proxies }

    /// Whether no proxy is trusted.
    public var trustsNobody: Bool { proxies.isEmpty }

    /// Whether a peer's headers about who and where are believed.
    public func trusts(_ peer: String) -> Bool { proxies.contains { $0.contains(peer) } }

    /// The address that a request comes from: the peer's, or behind trusted proxies the last one in the header that is
    /// no proxy's. What a client itself writes to the left of that counts for nothing.
    ///
    /// - Parameter forwarded: the value of `X-Forwarded-For`, several headers joined by commas.
    public func client(peer: String, forwarded: String?) -> String {
        guard let forwarded, trusts(peer) else { return peer }
        var client = peer
        for part in forwarded.split(separator: ",").reversed().prefix(32) {
            let address = part.filter { $0 != " " && $0 != "\t" }
            guard AddressRange(address) != nil, !address.contains("/") else { return client }
            client = address
            if !trusts(address) { return client }
        }
        return client
    }
}

import Access
import Hummingbird

/// The names by which the service is asked, where it asks nobody who it is and only this machine reaches it.
///
/// A page can have a name of its own lead to this machine (DNS rebinding), whereupon the browser takes the service for a
/// part of the page and lets it read and write. `Host` says which name that was. Addresses lead nowhere else, and programs
/// that send no `Host` are no browsers.
struct AllowedHosts: Sendable {
    /// nil takes all: who is asked needs credentials, which browsers keep by name, and the names of a service that other
    /// machines reach are not known here.
    private let names: Set<String>?

    init(_ options: ServiceOptions) {
        let isLoopback = options.host == "localhost" || AddressRange.loopback.contains { $0.contains(options.host) }
        guard options.access == nil, isLoopback || !options.allowedHosts.isEmpty else {
            names = nil
            return
        }
        names = Set((["localhost", options.host] + options.allowedHosts).map { HostHeader($0[...]).name })
    }

    func allows(_ host: String?) -> Bool {
        guard let names, let host, !host.isEmpty else { return true }
        let name = HostHeader(host).name
        return names.contains(name) || name.hasSuffix(".localhost") || AddressRange(name) != nil
    }

    /// - Throws: ``RestError`` 421, but not for probes, nor for what proves a secret of its own.
    func check(_ request: Request, _ endpoint: Endpoint) throws(RestError) {
        let rule = endpoint.rule(request.method)
        guard rule != .open, rule != .ownSecret, !allows(request.head.authority) else { return }
        throw .foreignHost(request.head.authority ?? "")
    }
}

extension RestError {
    static func foreignHost(_ host: String) -> RestError {
        let name = HostHeader(host).name.prefix(253)
        return RestError(
            .misdirectedRequest, state: "host_not_allowed",
            "nobody is asked who it is here, so it matters by which name: ask for localhost, or start the service with "
                + "--allowed-host \(name) if \(name) is a name of its own")
    }
}

/// What the `Host` of a request says: a name or an address, and a port.
struct HostHeader: Hashable, Sendable {
    /// In lower case, without a dot at the end; an IPv6 address without brackets.
    let name: String
    /// nil where none is said.
    let port: Substring?

    /// - Parameter text: `example.com`, `example.com:8080`, `[::1]:8080`.
    init(_ text: Substring) {
        var name = text
        var port: Substring?
        if text.first == "[", let end = text.firstIndex(of: "]") {
            name = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if rest.first == ":" { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            name = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        if name.last == "." { name.removeLast() }
        self.name = name.lowercased()
        self.port = port
    }

    init(_ text: String) { self.init(text[...]) }

    /// What a browser says of where a page is from: `https://ui.example.com`; nil for `null` and all that is no such.
    ///
    /// - Returns: with the port that browsers leave out, as they do in `Host`.
    init?(origin: String) {
        let (rest, usual): (Substring, Substring)
        if origin.hasPrefix("https://") {
            (rest, usual) = (origin.dropFirst(8), "443")
        } else if origin.hasPrefix("http://") {
            (rest, usual) = (origin.dropFirst(7), "80")
        } else {
            return nil
        }
        self = HostHeader(rest).with(usual: usual)
    }

    /// With a port, where none is said.
    func with(usual: Substring) -> HostHeader { HostHeader(name: name, port: port ?? usual) }

    private init(name: String, port: Substring?) {
        self.name = name
        self.port = port
    }

    /// Whether a page from there is one of this host's. What a proxy in front of it speaks is not known here, so either
    /// scheme's port counts where none is said.
    func isOrigin(_ origin: String) -> Bool {
        guard let page = HostHeader(origin: origin) else { return false }
        return page == with(usual: "80") || page == with(usual: "443")
    }
}

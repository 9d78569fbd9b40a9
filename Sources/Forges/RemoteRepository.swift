/// Where a repository lies at a forge.
public struct RemoteRepository: Sendable, Hashable {
    /// The host's name, with a port where it has one; nil where only the path is known.
    public let host: String?
    /// The path without `/` around it and without `.git`: `owner/name`, `group/subgroup/name`.
    public let path: String

    public init(host: String? = nil, path: String) {
        self.host = host
        self.path = path
    }

    /// Reads a remote's URL: `https://host/owner/name.git`, `ssh://git@host:22/owner/name.git`,
    /// `git@host:owner/name.git`.
    ///
    /// - Returns: nil for files, and for what is no such URL.
    public init?(url: String) {
        let rest: Substring
        let isURL: Bool
        if let colon = url.firstRange(of: "://") {
            let scheme = url[..<colon.lowerBound].lowercased()
            guard ["https", "http", "ssh", "git+ssh"].contains(scheme) else { return nil }
            rest = url[colon.upperBound...]
            isURL = true
        } else {
            rest = url[...]
            isURL = false
        }
        let end = isURL ? rest.firstIndex(of: "/") : rest.firstIndex(of: ":")
        guard let end else { return nil }
        var host = rest[..<end]
        if !isURL, host.contains("/") { return nil }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        var path = rest[rest.index(after: end)...]
        if let tail = path.firstIndex(where: { $0 == "?" || $0 == "#" }) { path = path[..<tail] }
        while path.hasPrefix("/") { path.removeFirst() }
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix(".git") { path.removeLast(4) }
        guard !host.isEmpty, !path.isEmpty else { return nil }
        self.init(host: host.lowercased(), path: String(path))
    }

    /// Whether a forge means this one by a name: a forge may lie below a path of its host, and case does not count.
    public func isCalled(_ name: String) -> Bool {
        let (own, name) = (path.lowercased(), name.lowercased())
        return own == name || own.hasSuffix("/" + name)
    }
}

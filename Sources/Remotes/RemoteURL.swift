/// Where a remote repository is: an address that git is given as it stands, and that holds no secret.
public struct RemoteURL: Sendable, Hashable, CustomStringConvertible {
    /// How it is reached.
    public enum Scheme: String, Sendable, Hashable {
        case https
        case ssh
        /// A repository of this machine's file system.
        case file
    }

    /// As it was given.
    public let description: String
    public let scheme: Scheme
    /// `https://HOST:PORT`, for which alone credentials are meant; nil where the scheme is another.
    let origin: String?

    /// Reads `https://HOST/PATH`, `ssh://[USER@]HOST[:PORT]/PATH`, `[USER@]HOST:PATH`, `file:///PATH` or an absolute path.
    ///
    /// - Throws: ``RemoteURLError`` for anything else: other transports of git's (`ext::`, `git://`), relative paths,
    ///   what a program could take for an option, and passwords in the address, which would end in logs and lists of
    ///   processes.
    public init(_ text: String) throws(RemoteURLError) {
        description = text
        guard !text.isEmpty else { throw RemoteURLError("it is empty") }
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
            throw RemoteURLError("there is a space or a control character in it")
        }
        guard !text.hasPrefix("-") else { throw RemoteURLError("it begins with '-'") }
        if text.hasPrefix("/") {
            (scheme, origin) = (.file, nil)
        } else if let range = text.firstRange(of: "://") {
            let rest = text[range.upperBound...]
            let name = text[..<range.lowerBound]
            guard let scheme = Scheme(rawValue: name.lowercased()) else {
                throw RemoteURLError(
                    name.lowercased() == "http"
                        ? "http:// sends graphs and credentials in the clear; use https://"
                        : "'\(name)' is no transport that is used here")
            }
            self.scheme = scheme
            if scheme == .file {
                guard rest.hasPrefix("/") else {
                    throw RemoteURLError("a file URL has an absolute path: file:///srv/x.git")
                }
                origin = nil
                return
            }
            let authority = rest.prefix { $0 != "/" }
            guard rest.count > authority.count + 1 else { throw RemoteURLError("it names no repository on its host") }
            _ = try Self.host(authority, of: scheme)
            origin = scheme == .ssh ? nil : "\(scheme.rawValue)://\(authority)"
        } else {
            let head = text.prefix { $0 != "/" }
            guard let colon = Self.colon(of: head) else {
                throw RemoteURLError("a path on this machine has to be absolute")
            }
            let path = text[text.index(after: colon)...]
            guard !path.hasPrefix(":") else {
                throw RemoteURLError("'\(head[..<colon])::' is no transport that is used here")
            }
            guard !path.isEmpty, !path.hasPrefix("-") else {
                throw RemoteURLError("it names no repository on its host")
            }
            (scheme, origin) = (.ssh, nil)
            let host = try Self.host(head[..<colon], of: .ssh)
            guard host.hasPrefix("[") || !host.contains(":") else { throw RemoteURLError("'\(host)' is no host") }
        }
    }

    /// The colon that ends the host of `[USER@]HOST:PATH`.
    private static func colon(of head: Substring) -> String.Index? {
        guard let open = head.firstIndex(of: "["), let close = head[open...].firstIndex(of: "]") else {
            return head.firstIndex(of: ":")
        }
        let next = head.index(after: close)
        return next < head.endIndex && head[next] == ":" ? next : nil
    }

    /// Checks `[USER@]HOST[:PORT]`.
    /// - Returns: the host alone.
    private static func host(_ authority: Substring, of scheme: Scheme) throws(RemoteURLError) -> String {
        var rest = authority
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            rest = authority[authority.index(after: at)...]
            guard scheme == .ssh, !user.contains(":") else {
                throw RemoteURLError(
                    "it holds a user or a password, which would show in logs and lists of processes; put the password "
                        + "or token into a file and name that (--remote-token-file, or --remote-user with "
                        + "--remote-password-file)")
            }
            guard !user.isEmpty, !user.hasPrefix("-"), user.allSatisfy({ isPlain($0) }) else {
                throw RemoteURLError("'\(user)' is no user")
            }
        }
        var host = rest
        if rest.hasPrefix("[") {
            guard let close = rest.firstIndex(of: "]") else { throw RemoteURLError("'\(rest)' is no host") }
            host = rest[...close]
            let address = host.dropFirst().dropLast()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw RemoteURLError("'\(host)' is no host")
            }
        } else {
            host = rest.prefix { $0 != ":" }
            guard !host.isEmpty, !host.hasPrefix("-"), host.allSatisfy({ isPlain($0) }) else {
                throw RemoteURLError("'\(host)' is no host")
            }
        }
        let port = rest[host.endIndex...]
        guard port.isEmpty || Int(port.dropFirst()).map({ (1...65_535).contains($0) }) == true else {
            throw RemoteURLError("'\(port.dropFirst())' is no port")
        }
        return String(host)
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "._-~".contains(character))
    }
}

/// Why an address of a remote repository is refused.
public struct RemoteURLError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ why: String) {
        description =
            "that is no remote repository: \(why). Expected https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, "
            + "file:///PATH or an absolute path"
    }
}

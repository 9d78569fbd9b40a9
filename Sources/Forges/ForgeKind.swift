/// A forge whose API is known.
public enum ForgeKind: String, Sendable, Hashable, CaseIterable {
    case github, gitlab, gitea, forgejo, bitbucket

    /// The base of the API, where everybody's is in one place.
    public var usualAPI: String? {
        switch self {
        case .github: "https://api.github.com"
        case .gitlab: "https://gitlab.com/api/v4"
        case .bitbucket: "https://api.bitbucket.org/2.0"
        case .gitea, .forgejo: nil
        }
    }

    /// The base of the API of an instance, from the address that people open.
    ///
    /// An address that names the API already stays as it is: `https://ghe.example.com/api/v3`.
    public func api(of address: String) -> String {
        var address = address
        while address.hasSuffix("/") { address.removeLast() }
        let bare = address.lowercased()
        let publicSites = [
            "https://github.com": "github", "https://gitlab.com": "gitlab", "https://bitbucket.org": "bitbucket",
        ]
        if publicSites[bare] == rawValue, let usualAPI { return usualAPI }
        let path: String
        switch self {
        case .github: path = bare == "https://api.github.com" ? "" : "/api/v3"
        case .gitlab: path = "/api/v4"
        case .gitea, .forgejo: path = "/api/v1"
        case .bitbucket: path = bare == "https://api.bitbucket.org" ? "/2.0" : ""
        }
        return bare.hasSuffix(path) ? address : address + path
    }

    /// What people call one of its requests to merge.
    public var requestName: String { self == .gitlab ? "merge request" : "pull request" }
}

/// Which issuer's tokens are taken, and what of them says who it is.
public struct OIDCSettings: Sendable {
    /// The issuer's URL, letter for letter as its tokens say it.
    public var issuer: String
    /// The audience that tokens must be for.
    public var audience: String
    /// The claim with the user by which policies know it.
    public var userClaim = "sub"
    /// The claim with the name for people.
    public var nameClaim = "name"
    public var emailClaim = "email"
    /// A list of texts, or one text.
    public var groupsClaim = "groups"
    /// The algorithms of signatures that are taken. Symmetric ones and `none` are none of them, whatever is set.
    public var algorithms: Set<String> = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]
    /// How far the issuer's clock may be off.
    public var leeway: Duration = .seconds(30)
    /// How often keys are fetched anew.
    public var refresh: Duration = .seconds(600)
    /// How old keys may be that cannot be fetched anew, as the issuer may have withdrawn them meanwhile.
    public var longest: Duration = .seconds(86_400)
    /// How long to wait after a fetch before an unknown key leads to another.
    public var pause: Duration = .seconds(30)

    public init(issuer: String, audience: String) {
        self.issuer = issuer
        self.audience = audience
    }

    /// - Returns: what is wrong with the issuer; nil for `https`, and for `http` on this machine.
    public var problem: String? { Self.problem(ofURL: issuer, "the issuer") }

    static func problem(ofURL url: String, _ what: String) -> String? {
        let (scheme, rest) = url.hasPrefix("https://") ? ("https", url.dropFirst(8)) : ("http", url.dropFirst(7))
        guard scheme == "https" || url.hasPrefix("http://") else { return "\(what) is no https URL" }
        let host = rest.prefix { !"/?#".contains($0) }
        guard !host.isEmpty, !host.contains("@"), !url.contains("?"), !url.contains("#"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "\(what) is no plain URL: no user, query or fragment" }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        if scheme == "http", !["127.0.0.1", "[::1]", "localhost"].contains(name) {
            return "\(what) is on another machine and not https"
        }
        return nil
    }
}

/// Who asks: a person or a program whose credentials have been found good.
public struct Caller: Sendable, Hashable {
    /// How it was found out who it is.
    public enum Means: String, Sendable, Hashable {
        /// A token of the tokens file.
        case token
        /// A token of an OpenID Connect issuer.
        case oidc
        /// A token that the API server knows.
        case kubernetes
        /// A client certificate.
        case certificate
        /// Nobody was asked: the service runs without authentication.
        case none
    }

    /// The name by which policies, logs and the API server know it.
    public var user: String
    /// The groups it is in.
    public var groups: [String]
    /// The name for people, of commits; empty where only the user is known.
    public var name: String
    /// Empty where it is not known.
    public var email: String
    public var means: Means
    /// What else the API server said of it; it is given back when the API server is asked what it may do.
    public var kubernetes: KubernetesUser?

    /// What of a TokenReview has to be said in a SubjectAccessReview.
    public struct KubernetesUser: Sendable, Hashable {
        public var uid: String
        public var extra: [String: [String]]

        public init(uid: String, extra: [String: [String]]) {
            self.uid = uid
            self.extra = extra
        }
    }

    public init(
        user: String, groups: [String] = [], name: String = "", email: String = "", means: Means,
        kubernetes: KubernetesUser? = nil
    ) {
        self.user = user
        self.groups = groups
        self.name = name
        self.email = email
        self.means = means
        self.kubernetes = kubernetes
    }

    /// The author's name of its commits.
    public var authorName: String { Self.plain(name.isEmpty ? user : name) }

    /// The author's address of its commits: the one that is known, a user that is an address itself, or the user at a
    /// domain that nobody owns.
    ///
    /// - Parameter domain: what stands after the `@` of users without an address.
    public func authorEmail(domain: String) -> String {
        if !email.isEmpty { return Self.plain(email) }
        let user = Self.plain(user)
        return user.contains("@") ? user : "\(user.map { $0 == " " ? "." : String($0) }.joined())@\(domain)"
    }

    /// A text without what a commit's author cannot hold: angle brackets and control characters.
    private static func plain(_ text: String) -> String {
        let text = String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0 != "<" && $0 != ">" && $0.properties.generalCategory != .control }))
        var rest = text[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest.isEmpty ? "unknown" : String(rest)
    }
}

/// Who sends a webhook: the last part of its path.
public enum WebhookSource: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case github
    case gitlab
    /// Gitea and Forgejo.
    case gitea
    /// Bitbucket Cloud and Bitbucket Data Center.
    case bitbucket
    /// Whoever else: a script, a mirror, a `post-receive` hook.
    case generic

    public var description: String { rawValue }

    /// The headers that show that a delivery is from somebody who knows the secret, for messages to people.
    public var proofHeaders: String {
        switch self {
        case .github: "X-Hub-Signature-256"
        case .gitlab: "X-Gitlab-Token, or webhook-signature with webhook-id and webhook-timestamp"
        case .gitea: "X-Forgejo-Signature, X-Gitea-Signature or X-Hub-Signature-256"
        case .bitbucket: "X-Hub-Signature"
        case .generic: "X-Rampart-Signature-256, or Authorization: Bearer"
        }
    }

    /// The name of the event in the headers of a delivery.
    func event(_ header: HeaderLookup) -> String? {
        switch self {
        case .github: header("X-GitHub-Event")
        case .gitlab: header("X-Gitlab-Event")
        case .gitea: header("X-Forgejo-Event") ?? header("X-Gitea-Event") ?? header("X-GitHub-Event")
        case .bitbucket: header("X-Event-Key")
        case .generic: nil
        }
    }
}

/// The value of a header by its name, whatever its case; nil where a request has none.
public typealias HeaderLookup = (_ name: String) -> String?

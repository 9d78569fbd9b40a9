public import Forges
public import Secrets

/// Which webhooks are taken, and what they are about.
public struct WebhookOptions: Sendable {
    /// The secrets by who sends; whoever is not here is turned away. Any secret of any of the files is good.
    public var secrets: [WebhookSource: [SecretFile]] = [:]
    /// The branch that is followed.
    public var branch = "main"
    /// Where it comes from, where that is known: pushes to other repositories are ignored.
    public var repository: RemoteRepository?
    /// The longest body that is taken, in bytes: GitHub sends up to 25 MB.
    public var longestBody = 26 << 20
    /// The longest body that is read as JSON, in bytes. What is longer is checked and then taken for a push to the
    /// branch: the signature needs no more than a few bytes of memory, and one look too many does no harm.
    public var longestPayload = 1 << 20
    /// How many bytes of bodies are kept for reading at a time, all together; what has no room is treated as longer ones
    /// are.
    public var payloads = 16 << 20
    /// How many of these may come from one address.
    public var payloadsOfOne = 4 << 20
    /// How long a body may take. Forges give up after about as long themselves.
    public var bodyTimeout: Duration = .seconds(10)

    public init() {}
}

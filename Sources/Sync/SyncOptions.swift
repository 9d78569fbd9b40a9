public import Kubernetes

/// How the sync loop works.
public struct SyncOptions: Sendable {
    /// Under this name the service owns fields of RampartGraphs (server-side apply).
    public var fieldManager = "rampart-backend"
    /// Only this namespace is looked at; nil for all.
    public var namespace: String?
    /// How many apps are worked on at once, without those that take longer than ``patience``. Apps that are tried again
    /// after a failure have half of these places at most, so that a commit finds one whatever else fails.
    public var concurrency = 16
    /// How many apps are worked on at once with those that take longer, as where an admission webhook hangs. It bounds the
    /// requests that an API server in trouble has before it; again half are for apps that have not failed.
    public var mostAtOnce = 64
    /// After this time an app gives its place to another and goes on beside it, and a write is given up as soon as there is
    /// a newer commit of its app.
    public var patience: Duration = .seconds(2)
    /// The wait after an app's first failure; it doubles with each further one.
    public var firstRetry: Duration = .milliseconds(500)
    /// The longest wait between two tries.
    public var longestRetry: Duration = .seconds(60)
    /// How often all apps are compared without anything having changed: a net below the net.
    public var fullLook: Duration = .seconds(600)
    /// What the loop measures of itself.
    public var metrics = SyncMetrics()

    /// How a resource is healed that somebody else keeps changing.
    public var contest = ContestPolicy()
    /// Which apps this process applies; nil for all.
    public var shard: Shard?

    public init() {}

    /// How the loop's client asks: one quick second try for a connection that was just closed. Longer waits are the loop's,
    /// which a newer commit ends at once, and what has taken long is not sent a second time: it may be old by now.
    public var client: KubernetesClientOptions {
        var client = KubernetesClientOptions()
        client.retry.maximumAttempts = 2
        client.retry.longestRetryAfter = .zero
        client.retry.longestTotal = patience
        // A write that hangs keeps its connection; reads and what people ask for have some beside.
        client.maximumConnections = max(client.maximumConnections, mostAtOnce + 32)
        return client
    }
}

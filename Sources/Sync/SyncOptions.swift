/// How the sync loop works.
public struct SyncOptions: Sendable {
    /// Under this name the service owns fields of RampartGraphs (server-side apply).
    public var fieldManager = "rampart-backend"
    /// Only this namespace is looked at; nil for all.
    public var namespace: String?
    /// How many apps are worked on at once.
    public var concurrency = 16
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
}

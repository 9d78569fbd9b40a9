/// What an informer tells those who listen.
public enum InformerEvent<Kept: Sendable>: Sendable {
    /// The first list is in: ``Informer/objects`` is complete. Comes once, at once for who listens later.
    case synced
    /// More has changed than is told one by one: look at all of ``Informer/objects``.
    case relisted
    /// An object is new or has changed; its newest state, in which several changes may have become one.
    case changed(ObjectKey, Kept)
    /// An object has gone, with its last state that is known.
    case deleted(ObjectKey, last: Kept)
}

/// How an informer stands with its server.
public struct InformerStatus: Sendable, Hashable {
    /// Whether the first list has been read.
    public var hasSynced: Bool
    /// Whether a watch is open, so that changes are seen as they happen.
    public var isWatching: Bool
    /// Why the last list or watch failed; nil once it works again.
    public var lastError: KubernetesError?
    /// Tries in a row that failed.
    public var failures: Int
    /// Lists read so far.
    public var lists: Int
}

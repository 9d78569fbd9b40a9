public import Instruments
import Remotes

/// What the graph repository and its remote are measured by.
public struct StoreMetrics: Sendable {
    /// Who made a commit.
    public enum CommitSource: String, MetricLabel, CaseIterable {
        public static let name = "source"
        /// This service, for a caller.
        case service
        /// Somebody else: a push, the remote, another process.
        case git
    }

    /// How much of the history was read.
    public enum FoldKind: String, MetricLabel, CaseIterable {
        public static let name = "kind"
        /// What was new on the branch.
        case new
        /// All of it.
        case whole
    }

    /// How a conversation with the remote ended: `ok`, or what ``RemoteError/Kind`` calls it.
    public struct RemoteResult: MetricLabels {
        public static let names = ["result"]
        public var values: [String] { [word] }
        let word: String

        static let ok = RemoteResult(word: "ok")

        init(word: String) { self.word = word }

        init(_ kind: RemoteError.Kind) { word = kind.rawValue }
    }

    /// Which way the remote was spoken to.
    enum Direction: String, MetricLabel, CaseIterable {
        static let name = "direction"
        case fetch
        case push
    }

    let commits: Counters<CommitSource>
    let foldSeconds: Histograms<FoldKind>
    let fetches: Counters<RemoteResult>
    let pushes: Counters<RemoteResult>
    let remoteSeconds: Histograms<Direction>
    let repositoryBytes: Gauge
    let freeBytes: Gauge

    /// - Parameter registry: where they are read; nobody reads them if left out.
    public init(_ registry: Registry = Registry()) {
        commits = registry.counters(
            "commits_total",
            "Commits that came to the branch since the start: made by this service for its callers, or by others in git.",
            beginningWith: CommitSource.allCases)
        foldSeconds = registry.histograms(
            "fold_seconds",
            "How long it took to read commits of the branch into apps and versions: what was new, or the whole history.",
            .slow, beginningWith: FoldKind.allCases)
        fetches = registry.counters(
            "remote_fetches_total", "Fetches from the remote by how they ended.", beginningWith: [.ok])
        pushes = registry.counters(
            "remote_pushes_total", "Pushes to the remote by how they ended; moved means that somebody was faster.",
            beginningWith: [.ok])
        remoteSeconds = registry.histograms(
            "remote_seconds", "How long fetches and pushes took, those that failed too.", .slow,
            beginningWith: Direction.allCases)
        repositoryBytes = registry.gauge(
            "repository_bytes", "What the graph repository takes up on disk, looked at once a minute.")
        freeBytes = registry.gauge(
            "data_free_bytes", "Room left on the file system of the graph repository, looked at once a minute.")
    }

    /// Counts commits of others that were folded.
    func folded(_ count: Int, in time: Duration) {
        commits.add(.git, count)
        foldSeconds.record(.new, time)
    }

    /// Counts a fetch.
    func fetching(_ body: @Sendable () async throws(RemoteError) -> Void) async throws(RemoteError) {
        try await talking(.fetch, fetches, body)
    }

    /// Counts a push.
    func pushing(_ body: @Sendable () async throws(RemoteError) -> Void) async throws(RemoteError) {
        try await talking(.push, pushes, body)
    }

    // Not inlined: Swift 6.3 fails to optimise some callers of what throws a typed error ("while splitting coroutine").
    @inline(never)
    private func talking(
        _ direction: Direction, _ results: Counters<RemoteResult>,
        _ body: @Sendable () async throws(RemoteError) -> Void
    ) async throws(RemoteError) {
        let start = ContinuousClock.now
        defer { remoteSeconds.record(direction, ContinuousClock.now - start) }
        do throws(RemoteError) {
            try await body()
            results.add(.ok)
        } catch {
            results.add(RemoteResult(error.kind))
            throw error
        }
    }
}

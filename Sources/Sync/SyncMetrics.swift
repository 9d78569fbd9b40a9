import Apps
import Foundation
import Git
public import Instruments

/// How a look at one app ended.
public enum SyncResult: String, MetricLabel, CaseIterable {
    public static let name = "result"
    /// The cluster had what HEAD says.
    case unchanged
    /// Written.
    case applied
    /// Written, because somebody had changed or deleted the resource.
    case healed
    /// The resource was deleted.
    case pruned
    /// A resource without an app was taken into git.
    case adopted
    /// Something else has to happen first: a deletion that is under way or held, another replica that applies.
    case waiting
    /// The API server refused, or the resource cannot be taken into git.
    case failed
    /// The API server could not be asked, or another replica or a newer commit came first meanwhile.
    case unreachable
}

/// What the sync loop is measured by.
public struct SyncMetrics: Sendable {
    /// Where the apps of the queue stand.
    public enum QueuePlace: String, MetricLabel, CaseIterable {
        public static let name = "state"
        /// To be looked at as soon as there is room.
        case ready
        /// Being looked at.
        case running
        /// Tried again after a failure, later.
        case retrying
    }

    let passes: Counters<SyncResult>
    let passSeconds: Histogram
    let commitToApplied: Histogram
    let queue: Gauges<QueuePlace>
    let lastSuccess: Gauge

    /// - Parameter registry: where they are read; nobody reads them if left out.
    public init(_ registry: Registry = Registry()) {
        passes = registry.counters(
            "sync_passes_total", "Looks at one app by the sync loop, by how they ended.",
            beginningWith: SyncResult.allCases)
        passSeconds = registry.histogram(
            "sync_pass_seconds", "How long a look at one app took, requests to the API server included.", .quick)
        commitToApplied = registry.histogram(
            "commit_to_applied_seconds",
            """
            From the arrival of a commit on the branch here to the API server's acceptance of what it says of one app. \
            Arrival is when the service takes up a write, or notices that the branch has moved. Of several commits that \
            are applied together the oldest counts, without those that the API server had refused.
            """, .slow)
        queue = registry.gauges(
            "sync_queue_depth", "Apps that the sync loop has before it, by where they stand.", by: QueuePlace.self)
        lastSuccess = registry.gauge(
            "last_successful_sync_timestamp_seconds",
            """
            When the sync loop last brought an app to HEAD, or had nothing left to look at while the API server \
            answered, in seconds since 1970; 0 while that has never been.
            """)
    }

    func noteSuccess() { lastSuccess.set(Date().timeIntervalSince1970) }
}

/// Since when the apps wait whose newest commits are not applied yet.
///
/// What was on the branch before the process began is not in it: nobody knows since when that waits.
struct Arrivals: Sendable {
    private var waiting: [AppID: ContinuousClock.Instant] = [:]
    /// What was applied before its arrival was told: a look takes the newest there is.
    private var early: [AppID: (commit: ObjectID?, time: ContinuousClock.Instant)] = [:]

    /// Takes in what HEAD says of an app.
    ///
    /// - Parameters:
    ///   - live: the commit of the live graph; nil where there is none.
    ///   - applied: the commit that the cluster was last seen to have.
    ///   - wasRefused: whether the API server has refused what HEAD said before.
    ///   - since: when the newest commit came. What waits already goes on waiting, unless it was refused.
    /// - Returns: how long that took, where it has been applied already.
    @discardableResult
    mutating func note(
        _ id: AppID, live: ObjectID?, applied: ObjectID?, wasRefused: Bool, since: ContinuousClock.Instant
    ) -> Duration? {
        let done = early.removeValue(forKey: id)
        if live == applied {
            waiting[id] = nil
            if let done, done.commit == live, done.time >= since { return done.time - since }
        } else if wasRefused || waiting[id] == nil {
            waiting[id] = since
        }
        return nil
    }

    /// Something was applied whose arrival has not been told yet.
    ///
    /// - Parameter commit: of the live graph; nil where its resource was deleted.
    mutating func noteEarly(_ id: AppID, _ commit: ObjectID?) { early[id] = (commit, .now) }

    /// The cluster has what HEAD says of an app.
    ///
    /// - Returns: since when that was waited for.
    mutating func settle(_ id: AppID) -> ContinuousClock.Instant? { waiting.removeValue(forKey: id) }
}

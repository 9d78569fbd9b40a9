import Apps
import Git
import HashTreeCollections
import Health
import JSONValues
import Logs
import Sync

/// The apps, as the service needs them.
protocol AppSource: Sendable {
    var snapshot: Snapshot { get }
    /// Why the branch cannot be read now; nil while it can.
    var repositoryProblem: String? { get }
    /// Notes which request is about to bring a commit, by its id in hexadecimal digits.
    func note(_ request: RequestID, brings commit: String)
    func look() async throws
    /// How the remote stands; nil where there is none.
    var remoteState: RemoteState? { get }
    /// Fetches from the remote, where there is one, and looks at the branch.
    func fetchNow() async throws
    /// Lets what a rewritten branch holds back go ahead; false where there is nothing of the kind.
    func confirmRewrite() async throws -> Bool
    /// - Parameter asAdmin: whether the author may change what is read-only.
    func propose(
        _ act: Act, by author: Signature, expecting: ObjectID?, asAdmin: Bool
    ) async throws(ActError) -> Proposal?
    /// - Parameter asAdmin: whether the author may change what is read-only.
    func perform(
        _ act: Act, by author: Signature, expecting: ObjectID?, asAdmin: Bool
    ) async throws(ActError) -> ActResult
    func versionGraph(_ app: AppID, _ number: Int) async throws(ActError) -> GraphText
    func log(_ app: AppID, limit: Int, before: ObjectID?) async throws(GitError) -> LogPage?
    func commit(abbreviated text: String) async throws(ActError) -> ObjectID
    func preview(_ revert: Revert, asAdmin: Bool) async throws(ActError) -> RevertPreview
}

extension AppStore: AppSource {}

/// Where the branch comes from, as webhooks need it.
protocol BranchSource: Sendable {
    /// Somebody says that the branch may have moved there: fetches from the remote, or looks where there is none, and folds
    /// what is new.
    func branchMayHaveMoved() async throws
}

extension AppStore: BranchSource {
    func branchMayHaveMoved() async throws { try await fetchNow() }
}

/// The cluster, as the service needs it.
protocol ClusterSide: Sendable {
    /// What was last seen of the cluster; the number grows whenever anything of it changes.
    var current: (report: SyncReport, observed: TreeDictionary<AppID, ObservedGraph>, revision: UInt64) { get }
    func look() async
    func confirmPrune() async -> [AppID]
    /// Asks the API server what it would make of a manifest.
    func trial(of manifest: JSON, as app: AppID, version: Int) async -> Trial
    /// Reads what the cluster has of an app right now.
    func clusterGraph(of app: AppID) async -> ClusterGraph
}

extension SyncEngine: ClusterSide {}

/// Grafana, as the service needs it.
protocol DashboardSide: Sendable {
    /// How the dashboards stand.
    var report: DashboardReport { get }
    /// Asks Grafana anew for everything.
    func look() async
}

extension DashboardSync: DashboardSide {}

/// What is known of how apps fare, as the service needs it.
protocol HealthSide: Sendable {
    var current: HealthSnapshot { get }
    /// How a repository flow of an app fares.
    func repository(_ flow: String, of app: AppID) async -> NamespaceState
    /// How a pulsar flow fares.
    func pulsar(_ flow: String) async -> NamespaceState
    /// What Helm says of a release; nil where that is not known.
    func message(of release: Release) async -> String?
}

/// The watches of the cluster, the flows services of the apps and Pulsar, where there are any.
struct WatchedHealth: HealthSide {
    let cluster: ClusterHealth?
    let repositories: RepositoryCheck?
    var pulsar: PulsarCheck?
    var messages: ReleaseMessages?

    var current: HealthSnapshot { cluster?.snapshot ?? HealthSnapshot() }

    func repository(_ flow: String, of app: AppID) async -> NamespaceState {
        guard let repositories else { return NamespaceState(.unknown, "flows services are not asked") }
        return await repositories.state(namespace: app.namespace, app: app.name, flow: flow)
    }

    func message(of release: Release) async -> String? { await messages?.message(of: release) }

    func pulsar(_ flow: String) async -> NamespaceState {
        guard let pulsar else { return NamespaceState(.unknown, "no Pulsar is configured (--pulsar-url)") }
        return await pulsar.state(flow: flow)
    }
}

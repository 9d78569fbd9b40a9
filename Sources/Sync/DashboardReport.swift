public import Apps
public import Grafana
public import Graphs
public import HashTreeCollections
public import JSONValues

/// How the dashboards of an app stand, in one word.
public enum DashboardState: String, Sendable, Hashable {
    /// Grafana has what HEAD says.
    case synced
    /// Not looked at yet, or Grafana cannot be reached; it is caught up with.
    case pending
    /// Somebody has changed one in Grafana, and it stays so or is put back in a moment.
    case drifted
    /// A file at HEAD is no dashboard; the others are looked after.
    case invalid
    /// Grafana refuses, or something stands in the way.
    case failed
}

/// How the dashboards of one app stand.
public struct AppDashboards: Sendable, Hashable {
    public var state: DashboardState
    /// What kind of failure, in a word for programs; nil where there is none.
    public var reason: GrafanaError.Kind?
    /// The same as it stands in answers.
    public var reasonWord: String? { reason?.rawValue }
    /// Why, in one sentence; nil where there is nothing to say.
    public var message: String?
    /// What is wrong with files at HEAD.
    public var problems: [Problem] = []
    /// The app's own dashboard; nil while Grafana is not known to have it.
    public var own: Own?
    /// The paths of its panels.
    public var urls: JSON? { own?.urls }

    /// What Grafana was seen to have as the app's own dashboard.
    public struct Own: Sendable, Hashable {
        public var uid: String
        /// The number that Grafana gave it.
        public var id: Int64
        /// How often it was written, as Grafana counts.
        public var version: Int64
        /// The paths of the panels, by the keys that the UI knows; null for panels that it does not have.
        public var urls: JSON

        public init(uid: String, id: Int64, version: Int64, urls: JSON) {
            self.uid = uid
            self.id = id
            self.version = version
            self.urls = urls
        }
    }

    public init(
        state: DashboardState, reason: GrafanaError.Kind? = nil, message: String? = nil, problems: [Problem] = [],
        own: Own? = nil
    ) {
        self.state = state
        self.reason = reason
        self.message = message
        self.problems = problems
        self.own = own
    }
}

/// What the loop for dashboards has done since it started.
public struct DashboardCounters: Sendable, Hashable {
    public var created = 0
    public var changed = 0
    public var healed = 0
    public var deleted = 0
    public var failed = 0

    public init() {}
}

/// How all dashboards stand; a value that is swapped as a whole.
public struct DashboardReport: Sendable {
    /// Where Grafana is.
    public internal(set) var address = ""
    /// Whether Grafana answers and says what is needed to begin.
    public internal(set) var isReady = false
    /// Why it is not ready.
    public internal(set) var failure: GrafanaError?
    /// The kind of that, as it stands in answers.
    public var failureWord: String? { failure?.kind.rawValue }
    /// That in one sentence.
    public var failureText: String? { failure?.description }
    /// Whether it may well pass without anybody doing anything.
    public var failureMayPass: Bool { failure?.isPassing ?? true }
    /// What is missing but does not stand in the way, for people.
    public internal(set) var notes: [String] = []
    public internal(set) var apps: TreeDictionary<AppID, AppDashboards> = [:]
    public internal(set) var counters = DashboardCounters()
}

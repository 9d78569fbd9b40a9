import Synchronization

/// One request and its answer: who asks, from where, and what came of it. Audit lines are made of it.
public final class Exchange: Sendable {
    /// The address of the client.
    public let client: String
    /// By what limits know where it comes from; nil where it is not counted.
    public let source: String?
    /// Whether it came through a proxy whose headers about who is signed in may be believed.
    public let comesFromProxy: Bool
    private let state = Mutex(State())

    private struct State {
        var caller: Caller?
        var rights: CallerRights?
        var isAdmin = false
        var commits: [String] = []
        var subjects: [String] = []
        var denial: String?
        var isAuditedApart = false
    }

    public init(client: String, source: String? = nil, comesFromProxy: Bool = false) {
        self.client = client
        self.source = source
        self.comesFromProxy = comesFromProxy
    }

    /// The one that this task answers; nil outside of requests.
    @TaskLocal public static var current: Exchange?

    /// Who asks; nil while that is not known, and where nobody is asked.
    public var caller: Caller? {
        get { state.withLock { $0.caller } }
        set { state.withLock { $0.caller = newValue } }
    }

    /// By what the limits of one client know it: who it is, or where it comes from while that is not known; nil where it is
    /// not counted.
    public var holder: String? { caller.map { "\($0.means.rawValue) \($0.user)" } ?? source }

    /// What the caller may do; nil where nobody is asked, and everybody may do everything.
    public var rights: CallerRights? {
        get { state.withLock { $0.rights } }
        set { state.withLock { $0.rights = newValue } }
    }

    /// Whether the caller is an administrator where the request leads to; such a one may change read-only apps.
    public var isAdmin: Bool {
        get { state.withLock { $0.isAdmin } }
        set { state.withLock { $0.isAdmin = newValue } }
    }

    /// Notes what was done: to what, and in which commit, where one was made.
    public func note(subject: String, commit: String?) {
        state.withLock { state in
            if !state.subjects.contains(subject) { state.subjects.append(subject) }
            if let commit { state.commits.append(commit) }
        }
    }

    /// Why the caller was not let in, for the log alone; holds nothing of the credentials.
    public var denial: String? {
        get { state.withLock { $0.denial } }
        set { state.withLock { $0.denial = newValue } }
    }

    /// Whether what becomes of the request is known, and written down, only later than its answer begins.
    public var isAuditedApart: Bool {
        get { state.withLock { $0.isAuditedApart } }
        set { state.withLock { $0.isAuditedApart = newValue } }
    }

    /// What was noted.
    public var notes: (subjects: [String], commits: [String]) { state.withLock { ($0.subjects, $0.commits) } }
}

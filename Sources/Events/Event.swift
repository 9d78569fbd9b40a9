public import Apps
public import Git
public import Logs

/// Something that happened to an app, or to the service as a whole, as a client of the API is told of it.
public struct Event: Sendable, Hashable {
    /// What it was, in a word for programs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A commit of the branch touched the app.
        case commit
        /// The cluster was given what HEAD says.
        case applied
        /// The resource was put back after somebody had changed it.
        case healed
        /// A resource that somebody had made without git was committed.
        case adopted
        /// The resource was deleted, as HEAD does not know it any more.
        case pruned
        /// The API server refuses the app.
        case refused
        /// Something stands in the way; it is tried again.
        case failed
        /// A file of the app does not check; the cluster keeps the last good state.
        case invalid
        /// The state of the service as a whole: the cluster is reached or not, deletions are held or not.
        case sync
        /// The branch was rewritten: whatever was known of apps is to be read anew.
        case rewritten
    }

    /// How the service as a whole stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The API server cannot be reached.
        case unreachable
        /// It can be reached again.
        case reachable
        /// Deletions wait for somebody's word.
        case held
        /// None waits any more.
        case released
        /// This replica applies from now on.
        case leads
        /// Another one does.
        case follows
    }

    public var kind: Kind
    /// nil where it is about the service as a whole.
    public var app: AppID?
    /// The commit that it is about: the one that touched the app, or whose live graph was applied.
    public var commit: ObjectID?
    /// The app's version that it is about.
    public var version: Int?
    /// What a commit did to the app: `created`, `saved`, `deployed`, … in the words of its history.
    public var acts: [String]
    /// How the service as a whole stands now, where that has changed.
    public var state: State?
    /// The name of the commit's author.
    public var author: String?
    /// One sentence, or the first line of the commit's message.
    public var message: String?
    public var time: Timestamp
    /// The request that caused it, where one of this process did.
    public var request: RequestID?

    public init(
        _ kind: Kind, app: AppID? = nil, commit: ObjectID? = nil, version: Int? = nil, acts: [String] = [],
        state: State? = nil, author: String? = nil, message: String? = nil, time: Timestamp = .now(),
        request: RequestID? = nil
    ) {
        self.kind = kind
        self.app = app
        self.commit = commit
        self.version = version
        self.acts = acts
        self.state = state
        self.author = author
        self.message = message
        self.time = time
        self.request = request
    }
}

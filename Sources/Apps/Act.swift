public import Git
public import Graphs

/// What people do to an app or a node config. Each act is one commit.
public enum Act: Sendable {
    /// Adds an app with a draft.
    case create(AppID, Manifest)
    /// Writes the draft; only `spec.graph` of the manifest counts.
    case save(AppID, Manifest)
    /// Makes a version live.
    case deploy(AppID, version: Int)
    /// Keeps the live graph, and takes it from the cluster.
    case undeploy(AppID)
    /// Removes the app's folder.
    case delete(AppID)
    /// Takes in a resource that someone created without git, as a live app.
    case adopt(AppID, Manifest)
    /// Adds a node config, under an id that ``NodeConfig/isID(_:)`` allows.
    case createConfig(String, NodeConfigContent)
    /// Replaces what a node config says.
    case changeConfig(String, NodeConfigContent)
    /// Removes a node config.
    case deleteConfig(String)
    /// Writes a node config as it was at some time, with a remark on top, whether it is there or not.
    case writeConfig(String, NodeConfigContent, remark: String?)

    /// What it is done to.
    public var subject: ActSubject {
        switch self {
        case .create(let id, _), .save(let id, _), .deploy(let id, _), .undeploy(let id), .delete(let id),
            .adopt(let id, _):
            .app(id)
        case .createConfig(let id, _), .changeConfig(let id, _), .deleteConfig(let id), .writeConfig(let id, _, _):
            .config(id)
        }
    }
}

/// What an act is done to.
public enum ActSubject: Sendable, Hashable, CustomStringConvertible {
    case app(AppID)
    case config(String)

    /// As logs and trailers name it.
    public var description: String {
        switch self {
        case .app(let id): id.description
        case .config(let id): "config \(id)"
        }
    }
}

/// An act of another time: it is committed as if it had been done then.
public struct PastAct: Sendable {
    public var act: Act
    /// Who did it, and when; the commit has this time too.
    public var author: Signature
    /// A line at the end of the commit's message that says where it comes from: `Rampart-Import: versions.json 12`.
    public var trailer: String

    public init(act: Act, author: Signature, trailer: String) {
        self.act = act
        self.author = author
        self.trailer = trailer
    }
}

/// What an act has left.
public struct ActResult: Sendable {
    /// The app after the act; nil where it was deleted.
    public let app: App?
    /// The node config after the act; nil where it was deleted or the act was on an app.
    public var config: NodeConfig?
    /// The version that was saved or made live; the live graph's where an app was undeployed.
    public let version: Int?
    /// The commit; nil where everything was already as the act wants it.
    public let commit: ObjectID?
    /// The apps after the act.
    public let snapshot: Snapshot
}

/// Why an act was not done. Nothing was changed then.
public enum ActError: Error, Sendable {
    case unknownApp(AppID)
    case unknownConfig(String)
    /// The node config is there already.
    case configExists(String)
    case unknownVersion(AppID, Int)
    /// The app is there already.
    case exists(AppID)
    case readOnly(AppID)
    /// The app has no live graph that could be undeployed.
    case notLive(AppID)
    /// The app was changed since the commit that the caller expected.
    case changed(current: ObjectID)
    case invalid(Problems)
    /// The repository could not be read or written: disk full, read-only, damaged.
    case storage(String)
    /// Another process has held the repository's locks for too long.
    case busy(String)
}

extension ActError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownApp(let id): "there is no app \(id)"
        case .unknownConfig(let id): "there is no node config \(id)"
        case .configExists(let id): "the node config \(id) exists already"
        case .unknownVersion(let id, let number): "the app \(id) has no version \(number)"
        case .exists(let id): "the app \(id) exists already"
        case .readOnly(let id): "the app \(id) is read-only (label rampart-graph-readonly: \"true\")"
        case .notLive(let id): "the app \(id) was never deployed"
        case .changed(let current): "the app has changed since: its last commit is \(current)"
        case .invalid(let problems): "\(problems)"
        case .busy(let message): "the graph repository is in use: \(message)"
        case .storage(let message): "the graph repository cannot be written: \(message)"
        }
    }
}

public import Git
public import Graphs
public import Remotes

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
    /// Takes in a resource that someone created without git, as a live app; also where the app has only a draft.
    case adopt(AppID, Manifest)
    /// Adds a node config, under an id that ``NodeConfig/isID(_:)`` allows.
    case createConfig(String, NodeConfigContent)
    /// Replaces what a node config says.
    case changeConfig(String, NodeConfigContent)
    /// Removes a node config.
    case deleteConfig(String)
    /// Writes a node config as it was at some time, with a remark on top, whether it is there or not.
    case writeConfig(String, NodeConfigContent, remark: String?)
    /// Undoes a commit.
    case revert(Revert)

    /// What it is done to.
    public var subject: ActSubject {
        switch self {
        case .revert(let revert): revert.app.map { .app($0) } ?? .commit(revert.commit)
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
    /// A commit as a whole, whatever it touched.
    case commit(ObjectID)

    /// As logs and trailers name it.
    public var description: String {
        switch self {
        case .app(let id): id.description
        case .config(let id): "config \(id)"
        case .commit(let id): "commit \(id.short)"
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
    /// The branch has no such commit.
    case unknownCommit(String)
    /// More than one object's id begins so.
    case ambiguousCommit(String)
    /// The commit did not touch the app, but these.
    case commitOfOthers(ObjectID, AppID, [String])
    /// The commit touched these beside the app.
    case commitOfMore(ObjectID, AppID, [String])
    /// What the commit did to these files cannot be undone, as they have changed since.
    case revertConflict(ObjectID, files: [String])
    /// What the commit did is no longer there; `gone` are the files that have been removed since.
    case nothingToRevert(ObjectID, gone: [String])
    /// The app was changed since the commit that the caller expected.
    case changed(current: ObjectID)
    case invalid(Problems)
    /// The repository could not be read or written: disk full, read-only, damaged.
    case storage(String)
    /// `rampart.yaml` says that changes come to the branch by pull request only.
    case protected(branch: String)
    /// The branch stands on commits that are not verified, or this one would not be.
    case unverified(String)
    /// Another process has held the repository's locks for too long.
    case busy(String)
    /// The remote did not take the act's commit. With kind ``RemoteError/Kind/unknownOutcome`` it may come to have it
    /// all the same.
    case remote(RemoteError)
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
        case .unknownCommit(let text):
            "the branch has no commit \(text): expected a full id or at least its first seven digits"
        case .ambiguousCommit(let text): "more than one object's id begins with \(text); give more digits of it"
        case .commitOfOthers(let commit, let id, let names):
            "commit \(commit.short) did not touch \(id)"
                + (names.isEmpty ? ", nor anything else" : ", but \(Self.list(names))")
        case .commitOfMore(let commit, let id, let names):
            "commit \(commit.short) did not touch \(id) alone, but \(Self.list(names)) too; "
                + "ask for it as a whole to undo all of it"
        case .revertConflict(let commit, let files):
            "commit \(commit.short) cannot be undone by itself, as these files have changed since: "
                + "\(Self.list(files)). Undo the later changes first, or save the graph as it should be"
        case .nothingToRevert(let commit, let gone):
            gone.isEmpty
                ? "what commit \(commit.short) did is no longer there: it was reverted or overwritten already"
                : "what commit \(commit.short) did is no longer there: \(Self.list(gone)) went since"
        case .changed(let current):
            "it has changed since: its last commit is \(current). Read it again, make the change on what it is now, "
                + "and send the new ETag in If-Match"
        case .invalid(let problems): "\(problems)"
        case .protected(let branch):
            "\(branch) is protected (rampart.yaml): changes come to it by pull request only; propose this one"
        case .unverified(let message): "nothing was changed: \(message)"
        case .busy(let message): "the graph repository is in use: \(message)"
        case .storage(let message): "the graph repository cannot be written: \(message)"
        case .remote(let error):
            error.kind == .unknownOutcome
                ? "it is not known whether the remote has taken the change; look before you repeat it: \(error)"
                : "nothing was changed, as the remote did not take it: \(error)"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(20).joined(separator: ", ")
        return names.count > 20 ? "\(shown) and \(names.count - 20) more" : shown
    }
}

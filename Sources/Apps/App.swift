public import Git
public import Graphs
import HashTreeCollections

/// One app as the history of the graph repository tells it.
public struct App: Sendable {
    public let id: AppID
    /// All versions, in order: the one with number n lies at index n - 1. Empty while no manifest of the app was good.
    public internal(set) var versions = PieceList<Version>()
    /// What the cluster gets; nil where the app was never deployed.
    public internal(set) var live: LiveGraph?
    /// The newest saved graph where it differs from the live one.
    public internal(set) var draft: Draft?
    /// What is wrong with the app's files at HEAD. ``live`` and ``draft`` are then the last good ones.
    public internal(set) var problems: [Problem] = []
    /// The last commit that touched anything in the app's folder.
    public internal(set) var lastCommit: ObjectID
    /// When a graph was last written that the app had not at that moment: a draft, or a new version.
    public internal(set) var lastEdit: Timestamp
    /// The manifests that lie in the folder at HEAD, good or bad, ordered by name.
    var files: [ManifestFile] = []
    /// The numbers of versions by content, kept from some count on.
    var numbers: TreeDictionary<ContentHash, Int> = [:]

    /// The number of the version that the live graph has while it is deployed; else 0.
    public var activeVersion: Int { live.map { $0.deploys ? $0.version : 0 } ?? 0 }

    /// The graph that was written last: the draft, or else the live one.
    public var newestGraph: GraphText? { draft?.graph ?? live?.graph }

    /// The graph that stands for the app: the live one, or else the draft.
    public var graph: GraphText? { live?.graph ?? draft?.graph }

    /// What people wrote about the app, from its live graph or else its draft.
    public var description: String { live?.facts.description ?? draft?.facts.description ?? "" }

    /// The labels of the graph that stands for the app, as compact JSON; empty where there are none.
    var labels: String { live?.facts.labels ?? draft?.facts.labels ?? "" }

    /// Whether the label `rampart-graph-readonly` is `true`: not to be deployed, undeployed or deleted.
    public var isReadOnly: Bool { live?.facts.isReadOnly ?? draft?.facts.isReadOnly ?? false }

    /// When any version was last made live.
    public var lastDeployment: Timestamp? { versions.lazy.compactMap(\.lastMadeLive).max() }

    /// The version with a number.
    public func version(_ number: Int) -> Version? {
        number >= 1 && number <= versions.count ? versions[number - 1] : nil
    }
}

/// The first commit at which an app's `spec.graph` had some content.
public struct Version: Sendable, Hashable {
    /// Counted from 1 in first-parent order.
    public let number: Int
    /// The MD5 of `spec.graph`, 32 hexadecimal digits.
    public var hash: String { contentHash.description }
    public let commit: ObjectID
    /// The manifest as it was committed, comments and all.
    public let blob: ObjectID
    public let author: Signature
    /// The time of the commit.
    public let created: Timestamp
    /// The first line of the commit's message.
    public let message: String
    /// When the version last became the live and deployed one.
    public internal(set) var lastMadeLive: Timestamp?

    let contentHash: ContentHash
    let format: ManifestFormat
    /// Where the JSON text lies in the graph store, if it does.
    var extent: Extent?
}

/// What is in `graph.yaml`.
public struct LiveGraph: Sendable, Hashable {
    public internal(set) var path: String
    /// The number of the version whose content this is.
    public let version: Int
    public let blob: ObjectID
    /// The commit that last changed this app's live graph.
    public let commit: ObjectID
    /// When that was.
    public let since: Timestamp
    /// False where `spec.deploy: false` keeps the graph from the cluster.
    public var deploys: Bool { facts.deploys }
    public internal(set) var graph: GraphText
    let facts: ManifestFacts
    /// Where the text lies in the graph store, if it does.
    var extent: Extent?
}

/// What is in `draft.yaml`.
public struct Draft: Sendable, Hashable {
    public internal(set) var path: String
    /// The number of the version whose content this is.
    public let version: Int
    public let blob: ObjectID
    /// The commit that last changed the draft.
    public let commit: ObjectID
    /// When that was.
    public let since: Timestamp
    public internal(set) var graph: GraphText
    let facts: ManifestFacts
    /// Where the text lies in the graph store, if it does.
    var extent: Extent?
}

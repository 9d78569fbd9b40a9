public import Git

/// A repository somewhere else.
///
/// Each call is one conversation with it. Several may go on at the same time.
public protocol Remote: Sendable {
    /// Where it is, for people.
    var address: String { get }

    /// Fetches a branch, and what its history needs, into a reference of a repository here.
    ///
    /// - Parameters:
    ///   - reference: moved to the branch's commit, wherever it was before.
    ///   - repository: the path of a bare repository.
    /// - Throws: ``RemoteError``; kind ``RemoteError/Kind/branchMissing`` where the remote has no such branch.
    func fetch(
        _ branch: ReferenceName, into reference: ReferenceName, of repository: String, patience: Patience
    ) async throws(RemoteError)

    /// Moves a branch of the remote to a commit, if it still is where the caller last saw it (compare-and-swap).
    ///
    /// Pushing a commit again that has arrived already succeeds.
    /// - Parameters:
    ///   - repository: the path of the repository that has the commit.
    ///   - expected: where the branch has to be; nil where it must not exist.
    /// - Throws: ``RemoteError``; kind ``RemoteError/Kind/moved`` where it is somewhere else, and
    ///   ``RemoteError/Kind/unknownOutcome`` where nobody knows whether it arrived.
    func push(
        _ commit: ObjectID, of repository: String, to branch: ReferenceName, expecting expected: ObjectID?,
        patience: Patience
    ) async throws(RemoteError)

    /// The branches of the remote.
    func branches(patience: Patience) async throws(RemoteError) -> [ReferenceName: ObjectID]
}

/// How long one conversation may take.
public struct Patience: Sendable, Hashable {
    /// How long the other side may say nothing.
    public var silence: Duration
    /// How long all of it may take, however much is said.
    public var total: Duration

    public init(silence: Duration, total: Duration) {
        self.silence = silence
        self.total = total
    }
}

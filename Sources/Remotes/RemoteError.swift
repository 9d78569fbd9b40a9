/// Why a remote repository could not be asked or changed.
public struct RemoteError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What it means for whoever waits.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Nobody answers there, or the server has trouble of its own.
        case unreachable
        /// It fell silent, or took too long, and was given up before anything was sent.
        case timedOut = "timed_out"
        /// It does not accept this service's credentials, or they cannot be read.
        case refused
        /// The server's certificate or host key is not one that is believed.
        case untrusted
        /// There is no such repository, or none that these credentials may see.
        case notFound = "not_found"
        /// The repository has no such branch.
        case branchMissing = "branch_missing"
        /// The branch is not where it was expected: somebody was faster.
        case moved
        /// A hook or a rule of the remote says no to these commits.
        case declined
        /// The remote's disk is full.
        case full
        /// The remote cannot be written, or not with these credentials.
        case readOnly = "read_only"
        /// This service is told to follow and not to write.
        case followsOnly = "follows_only"
        /// The connection broke after the commits were sent; they may have arrived or not.
        case unknownOutcome = "unknown_outcome"
        /// What was sent is damaged, or this machine's own repository cannot be written.
        case failed
    }

    public let kind: Kind
    /// What git and the remote say, without credentials; one line.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }

    /// Whether trying again later, with nothing changed, may do.
    public var isPassing: Bool {
        switch kind {
        case .unreachable, .timedOut, .full, .unknownOutcome, .moved: true
        case .refused, .untrusted, .notFound, .branchMissing, .declined, .readOnly, .followsOnly, .failed: false
        }
    }
}

import Git
import Graphs
import Logging

/// What is remembered of verification between two looks at the branch.
struct VerifiedLine {
    /// The last good commit.
    var last: ObjectID?
    /// What ``ReferenceName/verified`` was when it was last read or written here.
    var stored: ObjectID?
    var storedAt: ContinuousClock.Instant?
    /// What was refused, so that it is not looked at over and over.
    var refused: Refused?

    struct Refused: Hashable {
        let head: ObjectID
        let base: ObjectID?
        let revision: UInt64
    }

    /// How long the reference may lag behind: after a crash so much is looked at again.
    static let writeInterval: Duration = .seconds(5)
}

/// How far a head of the branch may be followed.
struct VerifiedWay: Hashable {
    /// Up to where the branch's own line is good; nil for nowhere.
    var tip: ObjectID?
    /// Whether the head buries that line under commits that are good as well.
    var isBuried = false
    /// Why it goes no further.
    var stop: VerificationStop?
}

extension GraphRepository {
    /// Finds where verification begins.
    ///
    /// - Throws: ``AppStoreError`` where the branch has a history that is not good, and nobody has vouched for it.
    func prepareVerification() throws(AppStoreError) {
        guard let verifier = options.verifier else { return }
        let problem: String?
        do throws(GitError) {
            problem = try begin(verifier)
        } catch {
            throw AppStoreError(error.description)
        }
        if let problem { throw AppStoreError(problem) }
    }

    private func begin(_ verifier: CommitVerifier) throws(GitError) -> String? {
        guard try repository.reference(.verified) == nil, let head = try repository.reference(branch) else {
            return nil
        }
        var good = head
        if let trusted = options.trustedUpTo {
            guard try repository.kind(of: trusted) == "commit",
                try repository.firstParents(from: head, until: trusted).reachedEnd
            else {
                return "commit \(trusted) is not on \(options.branch)'s own line in \(repository.path): nothing can be "
                    + "verified from it on"
            }
            good = trusted
        } else if let (commit, reason) = try repository.refusedCommit(downFrom: head, toHistoryOf: nil, verifier) {
            return "nobody has vouched for what is in \(repository.path) so far, and commit \(commit.id.short) is not "
                + "good: \(reason). Look at the history, then say up to which commit it is to be trusted, for example "
                + "all of it: --verify-since \(head)"
        }
        try repository.put(.verified, at: good, reflog: "rampart: start")
        return nil
    }

    /// Folds what is new on the branch and good, rights it where a push has buried its line under good commits, and
    /// notes where it goes no further.
    func catchUp(_ verifier: CommitVerifier) throws(GitError) {
        while let head = try repository.reference(branch) {
            try readVerified()
            let way = try way(to: head, verifier)
            if let tip = way.tip {
                try goOn(to: tip)
                verification.last = tip
            }
            note(way.stop)
            if way.isBuried, let tip = way.tip {
                if options.remote == nil {
                    try right(tip, pushed: repository.commit(head))
                    continue
                }
                // Here it is too late: what cannot be righted on the remote is followed as it is there.
                try foldAnew(from: head)
                verification.last = head
            }
            try storeVerified()
            return
        }
    }

    /// Whether the branch's own line may be righted on top of a head that buries it: no commit that is not good comes to
    /// be covered by the service's own signature.
    func isGood(_ head: ObjectID, burying tip: ObjectID) throws(GitError) -> Bool {
        guard let verifier = options.verifier else { return true }
        if let last = verification.last, try !repository.isAncestor(last, of: tip) { return false }
        if try repository.refusedCommit(downFrom: tip, toHistoryOf: verification.last, verifier) != nil { return false }
        return try repository.refusedCommit(downFrom: head, toHistoryOf: tip, verifier) == nil
    }

    /// Why the service's own commits up to a head would not be applied; nil where they are good.
    ///
    /// The list of signers may have lost the service's key since the start.
    func ownRefusal(upTo head: ObjectID?) throws(GitError) -> ActError? {
        guard let verifier = options.verifier, let head else { return nil }
        for commit in try repository.firstParents(from: head, until: snapshot.head).commits {
            guard let reason = try repository.refusal(of: commit, by: verifier) else { continue }
            return .unverified(
                "the service's own commit would not be applied: \(reason). Put its key on the list of signers")
        }
        return nil
    }

    /// Why nothing may be committed now; nil where it may.
    var writeStop: ActError? {
        if let hold { return .storage(hold.error.description) }
        return stop.map { .unverified("the branch stands on commits that are not verified: \($0)") }
    }

    /// Somebody may have moved the reference: that is how people let a commit through.
    private func readVerified() throws(GitError) {
        let stored = try repository.reference(.verified)
        guard stored != verification.stored else { return }
        if let stored {
            verification = VerifiedLine(last: stored, stored: stored, storedAt: .now)
        } else {
            verification.stored = nil
        }
    }

    private func way(to head: ObjectID, _ verifier: CommitVerifier) throws(GitError) -> VerifiedWay {
        let base = verification.last
        if head == base { return VerifiedWay(tip: base) }
        // Asked before the commits are: a list that changes in between is looked at again.
        let question = VerifiedLine.Refused(head: head, base: base, revision: verifier.revision())
        if question == verification.refused, let stop { return VerifiedWay(tip: base, stop: stop) }
        let way = try judged(head, verifier)
        verification.refused = way.stop == nil ? nil : question
        return way
    }

    private func judged(_ head: ObjectID, _ verifier: CommitVerifier) throws(GitError) -> VerifiedWay {
        let base = verification.last
        let line = try repository.firstParents(from: head, until: base)
        if line.reachedEnd { return try judged(line.commits, after: base, verifier) }
        guard let base, try repository.kind(of: base) == "commit", try repository.isAncestor(base, of: head) else {
            let reason =
                "the branch's history does not have \(base?.short ?? "it"), the last verified commit: it was rewritten"
            return VerifiedWay(
                tip: base, stop: VerificationStop(try repository.commit(head), verified: base, reason: reason))
        }
        // The line may have gone on before it was buried.
        let tip = try lastOnLine(from: base, under: head)
        var way = try judged(repository.firstParents(from: tip, until: base).commits, after: base, verifier)
        if way.stop != nil { return way }
        if let (commit, reason) = try repository.refusedCommit(downFrom: head, toHistoryOf: tip, verifier) {
            way.stop = VerificationStop(commit, verified: way.tip, reason: reason)
        } else {
            way.isBuried = true
        }
        return way
    }

    /// - Parameter commits: a stretch of the line, the newest first.
    private func judged(
        _ commits: [Commit], after base: ObjectID?, _ verifier: CommitVerifier
    ) throws(GitError) -> VerifiedWay {
        var way = VerifiedWay(tip: base)
        for commit in commits.reversed() {
            if let reason = try repository.refusal(of: commit, by: verifier) {
                way.stop = VerificationStop(commit, verified: way.tip, reason: reason)
                return way
            }
            way.tip = commit.id
        }
        return way
    }

    /// The last head of the branch on its own line before a head that buries it, as the branch's log tells it.
    private func lastOnLine(from base: ObjectID, under head: ObjectID) throws(GitError) -> ObjectID {
        var tip = base
        let movements = repository.movements(of: branch, backTo: base)
        for next in BranchPath.heads(from: base, to: head, movements).dropLast() {
            guard try repository.kind(of: next) == "commit", try repository.isAncestor(next, of: head),
                try repository.firstParents(from: next, until: tip).reachedEnd
            else { continue }
            tip = next
        }
        return tip
    }

    /// Folds up to a verified commit.
    private func goOn(to tip: ObjectID) throws(GitError) {
        if tip == snapshot.head { hold = nil }
        guard tip != snapshot.head, tip != hold?.head else { return }
        if let old = snapshot.head, try repository.kind(of: old) == "commit" {
            let line = try repository.firstParents(from: tip, until: old)
            if line.reachedEnd { return try goOn(with: line.commits, to: tip) }
            logger.warning(
                "the verified line does not go on from what was applied, folding all of it anew",
                metadata: ["branch": "\(options.branch)", "before": "\(old)", "now": "\(tip)"])
        }
        try foldAnew(from: tip)
    }

    /// Moves the reference forward: at once where the line stops and at the end, else not at every commit.
    func storeVerified(always: Bool = false) throws(GitError) {
        guard options.verifier != nil, let commit = verification.last, commit != verification.stored else { return }
        let now = ContinuousClock.now
        if !always, stop == nil, let last = verification.storedAt, now - last < VerifiedLine.writeInterval { return }
        try repository.update(.verified, from: verification.stored, to: commit, reflog: "rampart: verified")
        (verification.stored, verification.storedAt) = (commit, now)
    }

    private func note(_ new: VerificationStop?) {
        guard new != stop else { return }
        stop = new
        if let new {
            logger.error(
                "a commit is not verified: the branch is not followed any further",
                metadata: ["commit": "\(new.commit)", "author": "\(new.author)", "reason": "\(new.reason)"])
        } else {
            logger.notice("the branch is verified again", metadata: ["head": "\(snapshot.head?.description ?? "")"])
        }
        adopt(history, changed: .apps([]))
    }
}

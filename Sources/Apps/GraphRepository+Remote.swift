import Git
import HashTreeCollections
import Instruments
import Logging
import Logs
import Remotes

/// What has to be done before the branch here can follow the remote's.
enum Following: Hashable, Sendable {
    /// It has followed.
    case done
    /// These commits have to be on the remote first.
    case push(ObjectID, expecting: ObjectID?, Purpose)
    /// It would go back or elsewhere: to be believed when it is fetched a second time.
    case confirm

    enum Purpose: Hashable, Sendable {
        /// A merge that puts the branch's own line right.
        case righting
        /// Commits that came into the repository here and not by way of the remote.
        case passingOn
    }
}

extension GraphRepository {
    /// Brings the branch to where the remote's was fetched.
    ///
    /// - Parameters:
    ///   - isConfirmed: whether it was fetched again after it had looked rewritten: a process that was slow to write
    ///     down its fetch may have brought back a head of before.
    ///   - mayPush: whether commits of here may go to the remote; if not, the remote's are followed as they are.
    func follow(
        _ fetched: ObjectID, _ references: RemoteReferences, isConfirmed: Bool, mayPush: Bool
    ) throws(GitError) -> Following {
        following = RequestID.current
        defer { following = nil }
        try catchUp()
        guard let head = snapshot.head else {
            try bring(from: nil, to: fetched, references)
            return .done
        }
        let known = try repository.reference(references.tracking)
        // The branch may go further than what is applied: what is not verified or too large is not applied, nor pushed on.
        let local = stop == nil && hold == nil ? head : try repository.reference(branch)
        if let local, local != head {
            if local == fetched {
                try repository.put(references.tracking, at: fetched, reflog: "rampart: fetch")
                return .done
            }
            if try !isKnown(local, to: known), try !repository.isAncestor(local, of: fetched) { try keepAside(local) }
        }
        let relation = try repository.relation(from: head, to: fetched, service: options.committer.email)
        if relation == .rewritten, try !isKnown(head, to: known) {
            // Commits of here that the remote has never had.
            let goesOn = try known.map { id throws(GitError) in try repository.isAncestor(id, of: fetched) } ?? true
            if goesOn, mayPush, try repository.isAncestor(fetched, of: head) {
                return .push(head, expecting: fetched, .passingOn)
            }
            if !isConfirmed { return .confirm }
            try keepAside(head)
        }
        switch relation {
        case .same, .forward: break
        case .restored: logger.info("the branch's own line is right again", metadata: ["head": "\(fetched)"])
        case .buried(let tip):
            let isGood = try isGood(fetched, burying: tip)
            if mayPush, isGood {
                let merge = try righting(tip, pushed: repository.commit(fetched))
                return .push(merge, expecting: fetched, .righting)
            }
            // What is not good stops the service, and there is no more to say of it.
            guard isGood else { break }
            logger.warning(
                "a merge on the remote buries the branch's own line and may not be righted: numbers of versions may move",
                metadata: ["head": "\(fetched)", "line": "\(tip)"])
        case .rewritten:
            if !isConfirmed { return .confirm }
            try note(rewriteOf: head, to: fetched, references)
        }
        try bring(from: local, to: fetched, references)
        return .done
    }

    private func keepAside(_ commit: ObjectID) throws(GitError) {
        let aside = try RemoteReferences.aside(commit)
        try repository.put(aside, at: commit, reflog: "rampart: not on the remote")
        logger.warning(
            "commits that did not come by way of the remote cannot be pushed on: they are kept aside",
            metadata: ["reference": "\(aside)", "commit": "\(commit)"])
    }

    /// Whether the remote has had a commit.
    private func isKnown(_ commit: ObjectID, to known: ObjectID?) throws(GitError) -> Bool {
        guard let known, try repository.kind(of: known) == "commit" else { return false }
        return try repository.isAncestor(commit, of: known)
    }

    /// Moves the branch, then what tells of the remote, and folds what is new.
    private func bring(from old: ObjectID?, to new: ObjectID, _ references: RemoteReferences) throws(GitError) {
        if old != new { try repository.update(branch, from: old, to: new, reflog: "rampart: fetch") }
        try repository.put(references.tracking, at: new, reflog: "rampart: fetch")
        try catchUp()
    }

    private func note(
        rewriteOf head: ObjectID, to fetched: ObjectID, _ references: RemoteReferences
    ) throws(GitError) {
        logger.warning(
            "the branch was rewritten on the remote; it is followed",
            metadata: ["branch": "\(options.branch)", "before": "\(head)", "now": "\(fetched)"])
        guard options.remote?.allowsRewrite == false else { return }
        // The oldest one, where it is rewritten again before anybody has confirmed.
        if try repository.reference(references.former) == nil {
            try repository.put(references.former, at: head, reflog: "rampart: the branch was rewritten")
        }
        rewrite = try repository.reference(references.former).map { BranchRewrite(former: $0) }
    }

    /// Lets what a rewritten branch holds back go ahead.
    ///
    /// - Returns: false where it was not rewritten.
    func confirmRewrite(_ references: RemoteReferences) throws(GitError) -> Bool {
        guard let rewrite else { return false }
        if try repository.reference(references.former) != nil {
            try repository.delete(references.former, from: rewrite.former)
        }
        self.rewrite = nil
        adopt(history, changed: .apps([]))
        return true
    }

    /// Whether the branch here has commits that the remote was never seen to have.
    func isAhead(_ references: RemoteReferences) -> Bool {
        guard let head = snapshot.head, let known = try? repository.reference(references.tracking), head != known
        else { return false }
        return (try? repository.isAncestor(head, of: known)) == false
    }
}

/// Acts that are committed, but that neither the remote nor the branch here has yet.
struct PreparedActs {
    var attempt: GraphRepository.Attempt
    /// The head that they are committed on.
    var base: ObjectID?
    /// Their last commit; nil where none was needed.
    var commit: ObjectID?
    /// Where the remote's branch has to be.
    var expected: ObjectID?
}

extension GraphRepository {
    /// Commits acts on the head that was fetched last; the branch does not move.
    ///
    /// - Throws: what came of the acts, where the repository here cannot be written.
    func prepare(_ requests: [Request], _ references: RemoteReferences) throws(RefusedActs) -> PreparedActs {
        let start = ContinuousClock.now
        var attempts = 0
        while true {
            var attempt = Attempt(history: history)
            do throws(GitError) {
                try catchUp()
                let known = try repository.reference(references.tracking)
                if let known, let head = snapshot.head, head != known, try repository.isAncestor(head, of: known) {
                    // Another process has followed the remote and is about to move the branch, or was killed then.
                    _ = try follow(known, references, isConfirmed: true, mayPush: false)
                }
                if let error = writeStop {
                    attempt.outcomes = requests.map { _ in .failure(error) }
                    return PreparedActs(attempt: attempt, base: snapshot.head, expected: known)
                }
                attempt = Attempt(history: history)
                for request in requests { attempt.outcomes.append(carryOut(request, in: &attempt)) }
                let head = attempt.history.snapshot.head
                if let error = try ownRefusal(upTo: head) {
                    attempt.outcomes = requests.map { _ in .failure(error) }
                    return PreparedActs(attempt: attempt, base: snapshot.head, expected: known)
                }
                guard head != snapshot.head else {
                    return PreparedActs(attempt: attempt, base: snapshot.head, expected: known)
                }
                try repository.flush()
                return PreparedActs(attempt: attempt, base: snapshot.head, commit: head, expected: known)
            } catch {
                attempts += 1
                if error.isPassing, ContinuousClock.now - start < options.staleLockAge + .seconds(10) {
                    standAside(error, attempts: attempts)
                    continue
                }
                throw RefusedActs(outcomes: refuse(requests, after: attempt, error))
            }
        }
    }

    /// Moves the branch to commits that the remote has taken.
    func settle(_ prepared: PreparedActs, _ references: RemoteReferences) throws(GitError) {
        guard let commit = prepared.commit else { return }
        let local = try repository.reference(branch)
        if local == prepared.base {
            try repository.update(branch, from: local, to: commit, reflog: prepared.attempt.reflog)
            if snapshot.head == prepared.base {
                options.metrics.commits.add(.service, prepared.attempt.commits)
                adopt(prepared.attempt.history, changed: .apps(prepared.attempt.touched))
                verification.last = commit
            }
        } else if let local, local != commit, try repository.isAncestor(local, of: commit) {
            try repository.update(branch, from: local, to: commit, reflog: prepared.attempt.reflog)
        }
        try repository.put(references.tracking, at: commit, reflog: "rampart: push")
        try catchUp()
    }

    /// Moves the branch to a commit that was pushed, whatever the acts.
    func settle(pushed commit: ObjectID, _ references: RemoteReferences) throws(GitError) {
        try bring(from: repository.reference(branch), to: commit, references)
    }

    /// What came of acts that were prepared and have arrived.
    func outcomes(of prepared: PreparedActs) -> [Outcome] {
        let snapshot = self.snapshot
        return prepared.attempt.outcomes.map { $0.map { $0.with(snapshot) } }
    }

    /// What came of acts that did not arrive: those that had changed anything failed, the others have their answer.
    func outcomes(_ requests: [Request], of prepared: PreparedActs, failed error: RemoteError) -> [Outcome] {
        zip(requests, prepared.attempt.outcomes).map { request, outcome in
            if case .success(let result) = outcome, result.commit != nil { return .failure(.remote(error)) }
            // What it found may have been the work of an act that failed.
            if prepared.attempt.changed.contains(request.act.subject) { return .failure(.remote(error)) }
            return outcome.map { $0.with(snapshot) }
        }
    }
}

/// Acts of which nothing was written, with the answer to each.
struct RefusedActs: Error {
    let outcomes: [Outcome]
}

import Git
import Glibc
import Graphs
import HashTreeCollections
import Instruments
import Logging
import Logs

/// An act with who does it: what waits to be committed.
struct Request: Sendable {
    var act: Act
    var author: Signature
    /// The app's last commit that the caller has seen.
    var expecting: ObjectID?
    /// Whether the author may change what is read-only.
    var asAdmin = false
    /// Whether it goes onto a branch of its own, for people to look at.
    var isProposal = false
    /// A line for the end of the message of an act of another time; nil for what is done now.
    var past: String?
    /// The request that asks for it; nil where none does.
    var cause = RequestID.current
}

typealias Outcome = Result<ActResult, ActError>

extension GraphRepository {
    /// Commits acts that waited together: each is one commit, the branch is moved once.
    ///
    /// Where the branch has moved meanwhile, what is new is folded and the acts are done again on the new head.
    /// - Returns: what came of each, in order. Everything is durable then.
    func perform(_ requests: [Request]) -> [Outcome] {
        let start = ContinuousClock.now
        var attempts = 0
        while true {
            var attempt = Attempt(history: history)
            do throws(GitError) {
                try catchUp()
                if let error = writeStop { return requests.map { _ in .failure(error) } }
                attempt = Attempt(history: history)
                for request in requests { attempt.outcomes.append(carryOut(request, in: &attempt)) }
                if let error = try ownRefusal(upTo: attempt.history.snapshot.head) {
                    return requests.map { _ in .failure(error) }
                }
                try publish(attempt, since: start)
                let snapshot = self.snapshot
                return attempt.outcomes.map { $0.map { $0.with(snapshot) } }
            } catch {
                attempts += 1
                let patience = options.staleLockAge + .seconds(10)
                if error.isPassing, ContinuousClock.now - start < patience {
                    standAside(error, attempts: attempts)
                    continue
                }
                return refuse(requests, after: attempt, error)
            }
        }
    }

    /// Moves the branch to the last commit of an attempt.
    private func publish(_ attempt: Attempt, since: ContinuousClock.Instant) throws(GitError) {
        guard let head = attempt.history.snapshot.head, head != snapshot.head else { return }
        try repository.flush()
        try repository.update(branch, from: snapshot.head, to: head, reflog: attempt.reflog)
        options.metrics.commits.add(.service, attempt.commits)
        adopt(attempt.history, changed: .apps(attempt.touched), since: since)
        verification.last = head
    }

    /// Waits a moment for another process, and clears away what a killed one has left.
    func standAside(_ error: GitError, attempts: Int) {
        guard error.code == .locked else { return }
        let removed = repository.removeStaleLocks(olderThan: options.staleLockAge)
        if !removed.isEmpty {
            logger.warning("removed lock files of a killed process", metadata: ["files": "\(removed)"])
            return
        }
        let limit = UInt32(min(attempts, 25))
        usleep(UInt32.random(in: 500...1_000) * limit)
    }

    /// Nothing was committed: acts on apps that the attempt had changed failed with it, the others have their answer.
    func refuse(_ requests: [Request], after attempt: Attempt, _ error: GitError) -> [Outcome] {
        logger.error("cannot commit", metadata: ["error": "\(error)"])
        return requests.enumerated().map { index, request in
            if attempt.changed.contains(request.act.subject) || !attempt.outcomes.indices.contains(index) {
                return .failure(error.isPassing ? .busy(error.description) : .storage(error.description))
            }
            return attempt.outcomes[index].map { $0.with(snapshot) }
        }
    }

    /// Acts on the way: commits that are written, but that the branch does not have yet.
    struct Attempt {
        var history: History
        var touched: Set<AppID> = []
        /// What the acts so far have changed.
        var changed: Set<ActSubject> = []
        var outcomes: [Outcome] = []

        /// How many commits they are.
        var commits: Int { outcomes.count { (try? $0.get())?.commit != nil } }

        /// What the log of the branch says of them.
        var reflog: String { "rampart: \(touched.count) \(touched.count == 1 ? "app" : "apps")" }
    }

    func carryOut(_ request: Request, in attempt: inout Attempt) -> Outcome {
        do throws(ActError) {
            let subject = request.act.subject
            let snapshot = attempt.history.snapshot
            // Acts of another time are how a repository is filled, before anybody protects it.
            if snapshot.isProtected, !request.isProposal, request.past == nil {
                throw .protected(branch: options.branch)
            }
            let (app, config) = snapshot.before(subject)
            let history = attempt.history
            let last = app?.lastCommit ?? config?.commit ?? snapshot.lastCommit(of: subject)
            let plan = try ActPlan(
                request.act, on: app, config: config, last: last, expecting: request.expecting,
                minding: request.past == nil && !request.asAdmin
            ) { blob throws(ActError) in
                try stored { () throws(GitError) in try repository.blob(blob) }
            } undo: { revert throws(ActError) in
                try Reverter(repository: repository).plan(revert, on: history, minding: !request.asAdmin)
            }
            for path in subject.places {
                if let problem = snapshot.strays[path] { throw .invalid(Problems([problem])) }
            }
            let commit = try stored { () throws(GitError) in
                try write(plan, request, in: &attempt)
            }
            let after = attempt.history.snapshot.before(subject)
            return .success(
                ActResult(
                    app: after.app, config: after.config, version: plan.version, commit: commit, snapshot: snapshot))
        } catch {
            return .failure(error)
        }
    }

    /// Writes the commit of a plan and folds it into the attempt.
    ///
    /// - Returns: nil where the tree is as the plan wants it already.
    private func write(
        _ plan: ActPlan, _ request: Request, in attempt: inout Attempt
    ) throws(GitError) -> ObjectID? {
        if plan.edits.isEmpty { return nil }
        let head = attempt.history.snapshot.head
        let base = try head.map { id throws(GitError) in try repository.commit(id).tree }
        let tree = try repository.edit(base, try treeEdits(plan))
        if tree == base { return nil }
        var author = request.author.cleaned
        author.name = shared(author.name)
        author.email = shared(author.email)
        let committer = request.past == nil ? committer() : options.committer.at(Timestamp(author))
        let id = try repository.writeCommit(
            tree: tree, parents: head.map { [$0] } ?? [], author: author, committer: committer,
            message: plan.message + (request.past.map { "\($0)\n" } ?? ""))
        let changes = try repository.changes(from: base, to: tree, in: plan.folders)
        let step = Step(
            commit: id, time: Timestamp(committer), author: author, message: plan.title, changes: changes)
        reader.keepsTexts = true
        defer { reader.forget() }
        let touched = try attempt.history.take(
            step, read: { blob, path throws(GitError) in try reader.read(blob, path: path) },
            readFile: { blob throws(GitError) in try reader.file(blob) })
        attempt.touched.formUnion(touched)
        attempt.changed.formUnion([plan.subject] + plan.others)
        if let cause = request.cause { causes.note(cause, made: id) }
        return id
    }

    private func treeEdits(_ plan: ActPlan) throws(GitError) -> [TreeEdit] {
        var edits: [TreeEdit] = []
        for edit in plan.edits {
            switch edit {
            case .writeManifest(let path, let manifest):
                let blob = try repository.writeBlob(Array(manifest.yaml().utf8))
                reader.remember(manifest, blob: blob, path: path)
                edits.append(.put(path: path, blob: blob))
            case .write(let path, let bytes):
                edits.append(.put(path: path, blob: try repository.writeBlob(bytes)))
            case .put(let path, let blob, let kind):
                edits.append(.put(path: path, blob: blob, kind: kind))
            case .remove(let path), .removeFolder(let path):
                edits.append(.remove(path: path))
            }
        }
        return edits
    }

    private func stored<Value>(_ body: () throws(GitError) -> Value) throws(ActError) -> Value {
        do throws(GitError) {
            return try body()
        } catch {
            throw .storage(error.description)
        }
    }

    /// The service as committer, now.
    func committer() -> Signature { options.committer.at(options.now()) }
}

extension GitError {
    /// Whether another process is in the way for a moment.
    var isPassing: Bool { code == .modified || code == .locked }
}

extension Signature {
    /// The same without what git does not allow in names, and with no part empty.
    var cleaned: Signature {
        func clean(_ text: String, or fallback: String) -> String {
            let kept = text.unicodeScalars.filter { $0 != "<" && $0 != ">" && $0.value >= 0x20 && $0.value != 0x7F }
            let words = String(String.UnicodeScalarView(kept)).split(separator: " ").joined(separator: " ")
            return words.isEmpty ? fallback : words
        }
        return Signature(
            name: clean(name, or: "unknown"), email: clean(email, or: "unknown"), seconds: seconds,
            offsetMinutes: offsetMinutes)
    }
}

extension Snapshot {
    /// The last commit of a subject that is not there now; nil where it never was.
    fileprivate func lastCommit(of subject: ActSubject) -> ObjectID? {
        if case .app(let id) = subject { lastCommit(of: id) } else { nil }
    }

    /// What an act is done to, as it is before the act.
    fileprivate func before(_ subject: ActSubject) -> (app: App?, config: NodeConfig?) {
        switch subject {
        case .app(let id): (apps[id], nil)
        case .config(let id): (nil, configs[id])
        case .commit: (nil, nil)
        }
    }
}

extension ActSubject {
    /// The places on the way to it, where nothing but folders may lie.
    fileprivate var places: [String] {
        switch self {
        case .app(let id): ["apps", "apps/\(id.namespace)", id.folder]
        case .config: ["configs"]
        case .commit: []
        }
    }
}

extension ActResult {
    func with(_ snapshot: Snapshot) -> ActResult {
        ActResult(app: app, config: config, version: version, commit: commit, snapshot: snapshot)
    }
}

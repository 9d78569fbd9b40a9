import Git
import Graphs
import HashTreeCollections
import Instruments
import Logging
import Logs

extension GraphRepository {
    /// Folds what is new on the branch, unless another process is at it this very moment: the next look will do.
    ///
    /// - Returns: why it could not.
    func tryToCatchUp() -> GitError? {
        following = RequestID.current
        defer { following = nil }
        do throws(GitError) {
            try catchUp()
            return hold?.error
        } catch {
            if !error.isPassing { return error }
            logger.debug("branch is locked", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Folds what is new on the branch, and rights it where a push has buried its line.
    func catchUp() throws(GitError) {
        if let head = snapshot.head, reader.hasFoundAgain() {
            logger.notice("what was missing in the repository is there again, folding all of it anew")
            try foldAnew(from: head)
        }
        if let verifier = options.verifier { return try catchUp(verifier) }
        if let hold, try repository.reference(branch) != hold.head { self.hold = nil }
        while let head = try repository.reference(branch), head != snapshot.head, head != hold?.head {
            let noticed = ContinuousClock.now
            guard let old = snapshot.head else {
                try foldAnew(from: head)
                return
            }
            let line = try tip(from: old, to: head)
            if line.isRewritten {
                logger.warning(
                    "branch was rewritten, folding all of it anew",
                    metadata: ["branch": "\(options.branch)", "before": "\(old)", "now": "\(head)"])
                try foldAnew(from: line.tip)
            } else if line.tip != old {
                try goOn(
                    with: repository.firstParents(from: line.tip, until: old).commits, to: line.tip, since: noticed)
            }
            if line.tip != head {
                if options.remote == nil {
                    try right(line.tip, pushed: repository.commit(head))
                } else {
                    // Here it is too late: what cannot be righted on the remote is followed as it is there.
                    try foldAnew(from: head)
                }
            }
        }
    }

    /// Folds the commits that follow on the last head.
    ///
    /// - Parameters:
    ///   - commits: the newest first.
    ///   - noticed: when they were seen on the branch.
    func goOn(
        with commits: [Commit], to head: ObjectID, since noticed: ContinuousClock.Instant = .now
    ) throws(GitError) {
        var next = history
        let (touched, passed) = try fold(commits.reversed(), into: &next)
        note(passed.map { BranchHold($0, head: head) })
        guard let head = next.snapshot.head, head != snapshot.head else { return }
        let commits = commits.drop { $0.id != head }
        if let cause = following ?? causes[head] {
            for commit in commits { causes.note(cause, made: commit.id) }
        }
        try checkSettings(&next, head: head)
        if let old = snapshot.head { note(commits, since: old, of: touched) }
        options.metrics.folded(commits.count, in: ContinuousClock.now - noticed)
        adopt(next, changed: .apps(touched), since: noticed)
    }

    /// Says in the log what has come to the branch by others than this process: by pushes over HTTP and ssh, from a remote.
    ///
    /// - Parameters:
    ///   - commits: the newest first.
    ///   - old: the head before them. Since then the branch's log says who moved it: who pushes need not be who commits.
    private func note(_ commits: some Collection<Commit>, since old: ObjectID, of apps: Set<AppID>) {
        guard let head = commits.first else { return }
        let movement = repository.movements(of: branch, backTo: old).first { $0.new == head.id }
        let names = apps.sorted().prefix(20).map(\.description).joined(separator: ", ")
        logger.info(
            "took commits from the branch",
            metadata: [
                "commit": "\(head.id)", "commits": "\(commits.count)",
                "author": "\(head.author.name) <\(head.author.email)>",
                "committer": "\(head.committer.name) <\(head.committer.email)>",
                "movedBy": "\(movement?.identity ?? "unknown")", "movement": "\(movement?.message ?? "unknown")",
                "subject": "\(apps.count > 20 ? "\(names) and \(apps.count - 20) more" : names)",
            ])
    }

    /// How far the branch's own line goes on the way from one head to another.
    ///
    /// The log of the branch says which heads it had between. Without it, a process that has not looked for a while
    /// could not tell an engineer's line from the one that another process has written meanwhile.
    private func tip(from old: ObjectID, to head: ObjectID) throws(GitError) -> (tip: ObjectID, isRewritten: Bool) {
        var tip = old
        var isRewritten = false
        let movements = repository.movements(of: branch, backTo: old)
        for next in BranchPath.heads(from: old, to: head, movements) {
            if next == tip { continue }
            if try repository.kind(of: next) != "commit" { continue }  // was pushed away, and is gone for good
            if try repository.firstParents(from: next, until: tip).reachedEnd {
                tip = next
            } else if try !isBuried(tip, under: next) {
                tip = next
                isRewritten = true
            }
        }
        return (tip, isRewritten)
    }

    /// Folds the whole line, and logs what it took: a first start on a long history is where people wait.
    func foldAnew(from head: ObjectID) throws(GitError) {
        let clock = ContinuousClock()
        let start = clock.now
        let commits = try repository.firstParents(from: head, until: nil).commits
        var walk = clock.now - start
        var next = History()
        let passed = try fold(commits.reversed(), into: &next, walk: &walk).passed
        note(passed.map { BranchHold($0, head: head) })
        // Nothing at all could be taken: what was applied before stays.
        guard let head = next.snapshot.head else { return }
        try checkSettings(&next, head: head)
        next.continueCount(of: history)
        options.metrics.foldSeconds.record(.whole, clock.now - start)
        adopt(next, changed: .everything, since: start)
        repository.dropCaches(returnsMemory: true)
        logger.info(
            "folded the whole history",
            metadata: [
                "commits": "\(commits.count)", "apps": "\(next.snapshot.apps.count)",
                "walkMilliseconds": "\(walk / .milliseconds(1))",
                "foldMilliseconds": "\((clock.now - start) / .milliseconds(1))",
            ])
    }

    /// Whether a head of before is still in the history of the new one, only not on its own line.
    private func isBuried(_ old: ObjectID, under head: ObjectID) throws(GitError) -> Bool {
        guard try repository.kind(of: old) == "commit" else { return false }
        return try repository.isAncestor(old, of: head)
    }

    /// Puts a merge on the branch whose first parent is the old head, with the pushed tree, so that the old line goes on.
    func right(_ old: ObjectID, pushed: Commit) throws(GitError) {
        let commit = try righting(old, pushed: pushed)
        do {
            try repository.update(branch, from: pushed.id, to: commit, reflog: "rampart: keep the line of the branch")
        } catch {
            // Whoever moved the branch meanwhile is looked at in the next round.
            guard error.code == .modified else { throw error }
        }
    }

    /// Writes the merge that rights a branch; no reference moves.
    func righting(_ old: ObjectID, pushed: Commit) throws(GitError) -> ObjectID {
        let message = """
            Merge \(pushed.id.short) into \(options.branch)

            \(pushed.id.short) has the head of before as another parent than its first. This merge keeps the
            branch's own line, and with it the numbers of all versions.

            """
        let commit = try repository.writeCommit(
            tree: pushed.tree, parents: [old, pushed.id], author: pushed.author, committer: committer(),
            message: message)
        try repository.flush()
        return commit
    }

    private func note(_ new: BranchHold?) {
        if let new, new != hold {
            logger.error("the branch is not followed any further", metadata: ["why": "\(new.error)"])
        }
        hold = new
    }

    /// Takes commits into a state.
    ///
    /// - Parameter commits: the oldest first; the parent of the first is the state's head.
    /// - Returns: the apps that they touched, and the first of those at the end that are too large to be taken.
    private func fold(
        _ commits: some Sequence<Commit>, into history: inout History
    ) throws(GitError) -> (touched: Set<AppID>, passed: Commit?) {
        var walk = Duration.zero
        return try fold(commits, into: &history, walk: &walk)
    }

    /// - Parameter walk: grows by the time that comparing trees took, as against reading manifests.
    private func fold(
        _ commits: some Sequence<Commit>, into history: inout History, walk: inout Duration
    ) throws(GitError) -> (touched: Set<AppID>, passed: Commit?) {
        let clock = ContinuousClock()
        var tree = try history.snapshot.head.map { id throws(GitError) in try repository.commit(id).tree }
        var touched: Set<AppID> = []
        var batch: [Step] = []
        var wanted: [(blob: ObjectID, path: String)] = []
        var changes = 0
        var passed: Commit?
        defer { reader.forget() }
        reader.keepsTexts = true
        for commit in commits {
            let start = clock.now
            let step: Step
            do throws(GitError) { step = try self.step(commit, after: tree) } catch {
                guard error.code == .tooMuch else { throw error }
                // What follows is held against what was taken last.
                passed = passed ?? commit
                continue
            }
            walk += clock.now - start
            tree = commit.tree
            passed = nil
            changes += step.changes.count
            for change in step.changes {
                guard let new = change.new, new.kind == .file || new.kind == .executable else { continue }
                switch Layout.place(of: change.path) {
                case .live, .draft: wanted.append((new.id, change.path))
                default: continue
                }
            }
            batch.append(step)
            if batch.count >= Self.batchLength || wanted.count >= Self.batchLength || changes >= Self.mostChanges {
                reader.keepsTexts = false
                try take(batch, wanted, into: &history, touched: &touched)
                (batch, wanted, changes) = ([], [], 0)
            }
        }
        try take(batch, wanted, into: &history, touched: &touched)
        try fillTexts(&history, of: touched)
        return (touched, passed)
    }

    private static let batchLength = 512
    /// How many changed files wait to be taken.
    private static let mostChanges = 50_000

    private func take(
        _ steps: [Step], _ wanted: [(blob: ObjectID, path: String)], into history: inout History,
        touched: inout Set<AppID>
    ) throws(GitError) {
        try reader.prepare(wanted)
        for step in steps {
            let apps = try history.take(
                step, read: { blob, path throws(GitError) in try reader.read(blob, path: path) },
                readFile: { blob throws(GitError) in try reader.file(blob) })
            touched.formUnion(apps)
        }
    }

    /// What a commit changed against the tree before it.
    func step(_ commit: Commit, after tree: ObjectID?) throws(GitError) -> Step {
        let changes = try repository.changes(from: tree, to: commit.tree, in: Layout.folders)
        var author = commit.author
        author.name = shared(author.name)
        author.email = shared(author.email)
        return Step(
            commit: commit.id, time: Timestamp(commit.committer), author: author, message: commit.subject,
            changes: changes)
    }

    /// One copy of a text that comes often.
    func shared(_ text: String) -> String {
        if let known = names[text] { return known }
        if names.count > 4096 { names.removeAll() }
        names[text] = text
        return text
    }

    /// Fetches the texts of live graphs and drafts that the fold left in the store.
    ///
    /// - Parameter apps: where to look; nil for everywhere.
    func fillTexts(_ history: inout History, of apps: Set<AppID>?) throws(GitError) {
        for id in apps.map(Array.init) ?? Array(history.snapshot.apps.keys) {
            guard let app = history.snapshot.apps[id] else { continue }
            if let live = app.live, live.graph.isMissing {
                history.fillLive(of: id, try text(live.blob, path: live.path, extent: live.extent))
            }
            if let draft = app.draft, draft.graph.isMissing {
                history.fillDraft(of: id, try text(draft.blob, path: draft.path, extent: draft.extent))
            }
        }
    }

    private func text(_ blob: ObjectID, path: String, extent: Extent?) throws(GitError) -> GraphText {
        if let extent, let json = store?.text(at: extent) { return GraphText(json: json) }
        reader.keepsTexts = true
        if case .good(let manifest) = try reader.read(blob, path: path), let text = manifest.text { return text }
        let bytes = try repository.blob(blob)
        let format = ManifestFormat(path: path) ?? .yaml
        guard let manifest = try? Manifest(reading: bytes, format: format) else { return .missing }
        return GraphText(manifest)
    }

    /// Takes what the settings at a head say, and lists what is wrong with them.
    func checkSettings(_ history: inout History, head: ObjectID) throws(GitError) {
        let settings = try Self.settings(of: repository.commit(head).tree, in: repository)
        let format = settings.format
        let problem =
            format > Self.format
            ? Problem(
                file: Layout.settingsPath, path: "format",
                message: "is \(format), expected at most \(Self.format): a newer service is needed")
            : settings.problems.first
        history.setSettings(settings, problem: problem)
    }
}

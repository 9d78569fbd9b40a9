import Git
import Graphs
import HashTreeCollections

extension App {
    init(id: AppID, lastCommit: ObjectID, lastEdit: Timestamp) {
        self.id = id
        self.lastCommit = lastCommit
        self.lastEdit = lastEdit
    }

    /// Takes what a commit did in the app's folder.
    ///
    /// - Returns: whether the app is gone, as no manifest is left in its folder.
    mutating func take(
        _ changes: [ManifestChange], step: Step, read: History.Read
    ) throws(GitError) -> Bool {
        lastCommit = step.commit
        if changes.isEmpty { return false }
        for change in changes {
            files.removeAll { $0.name == change.name }
            if let new = change.new { files.append(ManifestFile(name: change.name, kind: new.kind, id: new.id)) }
        }
        if files.isEmpty { return true }
        files.sort { $0.name < $1.name }
        let activeBefore = activeVersion
        problems = []
        try takeLive(step, read: read)
        try takeDraft(step, read: read)
        if activeVersion != 0, activeVersion != activeBefore { versions[activeVersion - 1].lastMadeLive = step.time }
        return false
    }

    private mutating func takeLive(_ step: Step, read: History.Read) throws(GitError) {
        switch try state(of: Layout.liveNames, current: live.map { ($0.path, $0.blob) }, read: read) {
        case .none: live = nil
        case .unchanged: break
        case .bad(let found): problems += found
        case .moved(let path): live?.path = path
        case .new(let path, let blob, let manifest):
            live = LiveGraph(
                path: path, version: number(for: manifest, path: path, blob: blob, step: step), blob: blob,
                commit: step.commit, since: step.time, graph: manifest.text ?? .missing, facts: manifest.facts,
                extent: manifest.extent)
        }
    }

    private mutating func takeDraft(_ step: Step, read: History.Read) throws(GitError) {
        switch try state(of: Layout.draftNames, current: draft.map { ($0.path, $0.blob) }, read: read) {
        case .none: draft = nil
        case .unchanged: break
        case .bad(let found): problems += found
        case .moved(let path): draft?.path = path
        case .new(let path, let blob, let manifest):
            draft = Draft(
                path: path, version: number(for: manifest, path: path, blob: blob, step: step), blob: blob,
                commit: step.commit, since: step.time, graph: manifest.text ?? .missing, facts: manifest.facts,
                extent: manifest.extent)
            lastEdit = step.time
        }
    }

    private enum FileState {
        case none
        case unchanged
        case bad([Problem])
        case moved(path: String)
        case new(path: String, blob: ObjectID, GoodManifest)
    }

    /// What one of the two places for a manifest has now, against what it had.
    private func state(
        of names: [String], current: (path: String, blob: ObjectID)?, read: History.Read
    ) throws(GitError) -> FileState {
        let found = files.filter { names.contains($0.name) }
        guard let file = found.first else { return .none }
        let path = "\(id.folder)/\(file.name)"
        if found.count > 1 {
            let all = found.map(\.name).joined(separator: ", ")
            return .bad([Problem(file: path, path: "", message: "one of \(all) too many, expected one file")])
        }
        if let problem = Layout.linkProblem(path, file.kind) { return .bad([problem]) }
        if let current, current.blob == file.id { return current.path == path ? .unchanged : .moved(path: path) }
        switch try read(file.id, path) {
        case .bad(let problems): return .bad(problems)
        case .good(let manifest):
            let mismatch = Layout.mismatch(namespace: manifest.namespace, name: manifest.name, in: id, path: path)
            if let mismatch { return .bad([mismatch]) }
            return .new(path: path, blob: file.id, manifest)
        }
    }

    /// The number of the version with a manifest's content: one that the app has, or else the next.
    private mutating func number(for manifest: GoodManifest, path: String, blob: ObjectID, step: Step) -> Int {
        if let known = number(of: manifest.facts.hash) { return known }
        lastEdit = step.time
        append(
            Version(
                number: versions.count + 1, commit: step.commit, blob: blob, author: step.author, created: step.time,
                message: step.message, contentHash: manifest.facts.hash, format: ManifestFormat(path: path) ?? .yaml,
                extent: manifest.extent))
        return versions.count
    }

    /// The number of the version with some content.
    func number(of hash: ContentHash) -> Int? {
        if versions.count < Self.scanLimit { return versions.first { $0.contentHash == hash }?.number }
        return numbers[hash]
    }

    /// Appends a version; from some number on a table is kept, as looking through all would be slow.
    mutating func append(_ version: Version) {
        versions.append(version)
        if versions.count == Self.scanLimit {
            for version in versions { numbers[version.contentHash] = version.number }
        } else if versions.count > Self.scanLimit {
            numbers[version.contentHash] = version.number
        }
    }

    private static let scanLimit = 48
}

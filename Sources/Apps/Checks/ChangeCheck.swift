import Dispatch
public import Git
public import Graphs
import Synchronization

/// What a change from one tree to another would bring into a graph repository, and what is wrong with it.
///
/// Only what differs is looked at: what was wrong before and is left as it is does not count.
public struct ChangeCheck: Sendable {
    /// What is wrong, ordered by file and place.
    public private(set) var problems: [Problem] = []
    /// How many manifests and node configs were read.
    public private(set) var files = 0
    public private(set) var changes = GraphChanges()

    /// How much is read before it is parsed, on all cores.
    private static let batchSize = 4 << 20

    /// Blocks the thread while all cores parse.
    ///
    /// - Parameters:
    ///   - old: the tree before; nil for an empty one.
    ///   - new: the tree after.
    public init(from old: ObjectID?, to new: ObjectID, in repository: Repository) throws(GitError) {
        try self.init(
            try ChangedPaths(from: old, to: new, in: repository),
            FolderReader(repository: repository, old: old, new: new), in: repository)
    }

    init(_ paths: ChangedPaths, _ folders: FolderReader, in repository: Repository) throws(GitError) {
        guard !paths.isTooMuch else {
            problems = [
                Problem(path: "", message: "more than \(ChangedPaths.most) files change at once; push them in parts")
            ]
            return
        }
        let found = paths.ours
        var wanted: [Wanted] = []
        for change in found {
            guard let entry = change.new else { continue }
            if let problem = FileRules.problem(at: change.path, kind: entry.kind) {
                problems.append(problem)
                continue
            }
            let size = try repository.blobSize(entry.id)
            if let problem = FileRules.problem(at: change.path, size: size) {
                problems.append(problem)
                continue
            }
            switch Layout.place(of: change.path, kind: entry.kind) {
            case .live(let id, _), .draft(let id, _): wanted.append(Wanted(change.path, entry.id, size, .manifest(id)))
            case .config: wanted.append(Wanted(change.path, entry.id, size, .config))
            case .settings: wanted.append(Wanted(change.path, entry.id, size, .settings))
            default: continue
            }
        }
        try checkFolders(of: found, folders)
        files = wanted.count
        try read(wanted, in: repository)
        changes = try Self.changes(found, folders)
        problems = Array(Set(problems)).sorted {
            ($0.file ?? "", $0.line ?? 0, $0.column ?? 0, $0.path, $0.message)
                < ($1.file ?? "", $1.line ?? 0, $1.column ?? 0, $1.path, $1.message)
        }
    }

    /// Names that may not stand side by side, in the folders that something was added to.
    private mutating func checkFolders(of found: [TreeChange], _ folders: FolderReader) throws(GitError) {
        var seen: Set<String> = []
        for change in found where change.old == nil && change.new != nil {
            var parts = change.path.split(separator: "/", omittingEmptySubsequences: false)
            while parts.count > 1 {
                parts.removeLast()
                let folder = parts.joined(separator: "/")
                guard seen.insert(folder).inserted else { break }
                if parts.count < 3, folder != "configs" { continue }
                let (names, before) = (try folders.names(in: folder), try folders.namesBefore(in: folder))
                problems += FolderRules.collisions(in: folder, names: names, before: before)
                if folder == "configs" {
                    problems += FolderRules.configDuplicates(names: names, before: before)
                } else if parts.count == 3, let id = AppID(namespace: parts[1], name: parts[2]) {
                    problems += FolderRules.duplicates(in: id, names: names, before: before)
                }
            }
        }
    }

    private struct Wanted: Sendable {
        enum Kind: Sendable {
            case manifest(AppID)
            case config
            case settings
        }
        let path: String
        let blob: ObjectID
        let size: Int
        let kind: Kind

        init(_ path: String, _ blob: ObjectID, _ size: Int, _ kind: Kind) {
            (self.path, self.blob, self.size, self.kind) = (path, blob, size, kind)
        }

        /// What is wrong with its content.
        func problems(_ bytes: [UInt8]) -> [Problem] {
            let format = ManifestFormat(path: path) ?? .yaml
            do throws(Problems) {
                switch kind {
                case .manifest(let id):
                    let manifest = try Manifest(reading: bytes, format: format, file: path)
                    return Layout.mismatch(of: manifest, in: id, path: path).map { [$0] } ?? []
                case .config: _ = try NodeConfigContent(reading: bytes, format: format, file: path)
                case .settings:
                    try SettingsCheck.check(bytes, newestFormat: GraphRepository.format, file: path)
                    return RepositorySettings(String(decoding: bytes, as: UTF8.self)).problems
                }
                return []
            } catch {
                return error.list
            }
        }
    }

    private mutating func read(_ wanted: [Wanted], in repository: Repository) throws(GitError) {
        var batch: [(wanted: Wanted, bytes: [UInt8])] = []
        var size = 0
        for (index, one) in wanted.enumerated() {
            if one.size > ManifestReader.maximumSize {
                problems.append(
                    Problem(
                        file: one.path, path: "", message: "larger than \(ManifestReader.maximumSize >> 20) MiB"))
            } else {
                batch.append((one, try repository.blob(one.blob)))
                size += one.size
            }
            guard size > Self.batchSize || index == wanted.count - 1 else { continue }
            let found = Mutex<[Problem]>([])
            let parts = batch
            DispatchQueue.concurrentPerform(iterations: parts.count) { index in
                let problems = parts[index].wanted.problems(parts[index].bytes)
                if !problems.isEmpty { found.withLock { $0 += problems } }
            }
            problems += found.withLock { $0 }
            (batch, size) = ([], 0)
        }
    }

    private static func changes(_ found: [TreeChange], _ folders: FolderReader) throws(GitError) -> GraphChanges {
        var (live, drafts, gone): (Set<AppID>, Set<AppID>, Set<AppID>) = ([], [], [])
        for change in found {
            switch Layout.place(of: change.path) {
            case .live(let id, _) where change.new != nil: live.insert(id)
            case .draft(let id, _) where change.new != nil: drafts.insert(id)
            case .live(let id, _), .draft(let id, _): gone.insert(id)
            default: continue
            }
        }
        var changes = GraphChanges()
        changes.live = live.sorted()
        changes.drafts = drafts.subtracting(live).sorted()
        for id in gone.subtracting(live).subtracting(drafts).sorted() {
            let names = try folders.names(in: id.folder)
            if !(Layout.liveNames + Layout.draftNames).contains(where: names.contains) { changes.deleted.append(id) }
        }
        return changes
    }
}

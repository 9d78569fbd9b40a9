import Git
import Graphs
import HashTreeCollections

extension History {
    /// Reads the bytes of a file.
    typealias ReadFile = (_ blob: ObjectID) throws(GitError) -> [UInt8]

    /// Takes what a commit did to the file of a node config.
    ///
    /// - Parameter others: all files of node configs that the same commit changed.
    mutating func takeConfig(
        _ id: String, _ change: FileChange, step: Step, others: [FileChange], read: ReadFile
    ) throws(GitError) {
        let former = snapshot.configs[id]
        guard let new = change.new else {
            note(nil, at: change.path)
            if former?.path == change.path { snapshot.configs[id] = nil }
            return
        }
        if let problem = Layout.linkProblem(change.path, new.kind) { return note(problem, at: change.path) }
        guard NodeConfig.isID(id) else {
            return note(
                Problem(
                    file: change.path, path: "",
                    message: "'\(id)' is no id: expected letters, digits, '.', '_' and '-', at most 128"),
                at: change.path)
        }
        // A file that was renamed to another ending goes on; two files of one id are one too many.
        if let former, former.path != change.path,
            !others.contains(where: { $0.path == former.path && $0.new == nil })
        {
            return note(
                Problem(file: change.path, path: "", message: "\(former.path) has the same id; keep one of them"),
                at: change.path)
        }
        if former == nil { snapshot.configCount += 1 }
        var config =
            former
            ?? NodeConfig(
                id: id, path: change.path, ordinal: snapshot.configCount, version: 0, created: step.time,
                lastModified: nil, commit: step.commit)
        config.path = change.path
        config.version += 1
        config.commit = step.commit
        // What may pass, such as too many open files, is no problem of the file.
        let bytes: Result<[UInt8], GitError>
        do throws(GitError) { bytes = .success(try read(new.id)) } catch {
            guard error.isDamage || error.code == .tooMuch else { throw error }
            bytes = .failure(error)
        }
        do throws(Problems) {
            let bytes = try bytes.mapError { error in
                Problems([Problem(file: change.path, path: "", message: error.description)])
            }.get()
            config.content = try NodeConfigContent(
                reading: bytes, format: ManifestFormat(path: change.path) ?? .yaml, file: change.path)
            if former != nil { config.lastModified = step.time }
            note(nil, at: change.path)
        } catch {
            note(error.list.first, at: change.path)
        }
        snapshot.configs[id] = config
    }
}

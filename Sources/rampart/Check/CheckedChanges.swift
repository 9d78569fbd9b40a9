import Apps
import Foundation
import Git
import Graphs

/// Checks what a branch changes.
enum CheckedChanges {
    /// - Parameters:
    ///   - path: a repository, or a folder in its work tree.
    ///   - revision: as `git rev-parse` takes it.
    static func check(_ path: String, since revision: String, into report: inout CheckReport) throws {
        let repository = try Repository(opening: root(of: path))
        let base = try base(revision, in: repository)
        let tree =
            try repository.isBare
            ? repository.commit(repository.resolve("HEAD")).tree : repository.treeOfWorkTree()
        let check = try ChangeCheck(from: repository.commit(base).tree, to: tree, in: repository)
        report.files += check.files
        report.problems += check.problems
    }

    /// The repository that a path lies in.
    private static func root(of path: String) throws -> String {
        var folder = URL(fileURLWithPath: path).standardizedFileURL
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw Failure("there is no file or folder \(path)")
        }
        while true {
            let inside = ["HEAD", "objects", "refs"].allSatisfy {
                FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
            }
            if inside || FileManager.default.fileExists(atPath: folder.appendingPathComponent(".git").path) {
                return folder.path
            }
            guard folder.path != "/" else { throw Failure("\(path) lies in no git repository") }
            folder.deleteLastPathComponent()
        }
    }

    private static func base(_ revision: String, in repository: Repository) throws -> ObjectID {
        let hint = "Fetch it with its history: git fetch --unshallow origin (actions/checkout: fetch-depth: 0)"
        do {
            let other = try repository.resolve(revision)
            let head = try repository.resolve("HEAD")
            if let base = try repository.mergeBase(other, head) { return base }
        } catch {
            throw Failure("\(error). \(hint)")
        }
        throw Failure("HEAD and \(revision) have no commit in common. \(hint)")
    }
}

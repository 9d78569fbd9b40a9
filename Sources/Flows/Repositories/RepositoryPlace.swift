import Glibc

/// Where the git repository of a flow lies.
///
/// A flow's content is somebody's program's; git has more ways to lead out of a folder than a file system has. So a
/// repository is taken only where nothing in it is a link and nothing names another repository: no `.git` file, no
/// `commondir`, no `objects/info/alternates`.
struct RepositoryPlace: Sendable {
    /// Below the flow's folder; empty for the folder itself.
    let path: String
    /// To notice that another repository is there now.
    let status: FileStatus

    /// Looks in the flow's folder and in `bare_clone` below it, for a clone with files and for a bare one.
    ///
    /// - Returns: nil where no repository is.
    /// - Throws: ``FlowFault`` 403 where there is one that leads out.
    static func find(in flow: FlowFolder) throws(FlowFault) -> RepositoryPlace? {
        for path in [[".git"], [], ["bare_clone", ".git"], ["bare_clone"]] {
            guard let folder = plainFolder(path, in: flow.folder), folder.status(of: "HEAD")?.kind == .file,
                plainFolder(["objects"], in: folder) != nil, let status = try? folder.status()
            else { continue }
            if let reason = reasonNotToTrust(folder) {
                throw FlowFault(403, "The repository of the flow \(flow.name) is not read: \(reason)")
            }
            return RepositoryPlace(path: path.joined(separator: "/"), status: status)
        }
        return nil
    }

    private static func reasonNotToTrust(_ folder: Descriptor) -> String? {
        for name in ["commondir", "objects/info/alternates"] where folder.status(of: name) != nil {
            return "its \(name) names another repository"
        }
        for path in [
            [], ["refs"], ["refs", "heads"], ["refs", "tags"], ["objects"], ["objects", "pack"], ["objects", "info"],
        ] {
            if let name = linkIn(path, of: folder) {
                return "\((path + [name]).joined(separator: "/")) is a symbolic link"
            }
        }
        return nil
    }

    /// Opens a folder that no link leads to.
    private static func plainFolder(_ parts: [String], in folder: Descriptor) -> Descriptor? {
        var folder = folder
        for part in parts {
            let opened = openat(folder.number, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard opened >= 0 else { return nil }
            folder = Descriptor(opened)
        }
        return folder
    }

    private static func linkIn(_ path: [String], of folder: Descriptor) -> String? {
        guard let opened = plainFolder(path, in: folder) else { return nil }
        return FolderReader.names(opened)?.first { $0.kind == DT_LNK }?.name
    }
}

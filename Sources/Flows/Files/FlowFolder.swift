import CBeneath
import Glibc

/// The folders that flows are mounted in.
struct FlowRoot: Sendable {
    private let folder: Descriptor

    /// - Throws: ``FileFault`` where the folder cannot be opened.
    init(_ path: String) throws(FileFault) { folder = try Descriptor.folder(path) }

    /// Opens a flow's folder, which no link may stand for.
    func flow(_ name: String) throws(FlowFault) -> FlowFolder {
        guard !name.isEmpty, name != ".", name != "..",
            !name.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "/") })
        else { throw .unknownFlow(name) }
        let opened = openat(folder.number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else {
            throw FileFault(errno).isForbidden
                ? FlowFault(403, "The flow \(name) may not be read") : .unknownFlow(name)
        }
        return FlowFolder(name: name, folder: Descriptor(opened))
    }
}

/// What lies in one flow. Nothing that is asked of it looks at anything outside.
struct FlowFolder: Sendable {
    let name: String
    let folder: Descriptor

    /// The entries of a folder by name.
    ///
    /// Links count as what they lead to; those that lead out of the flow or nowhere are left out, and so are names that
    /// are no UTF-8, which no request could ask for.
    func entries(_ path: FlowPath) throws(FlowFault) -> [FolderEntry] {
        let opened: Descriptor
        do {
            opened = try folder.open(beneath: path.parts, O_RDONLY | O_DIRECTORY | O_NONBLOCK)
        } catch {
            if error.code == ENOTDIR, isFile(path) { throw FlowFault(400, "Not a directory: \(path.text)") }
            throw fault(error, path, missing: .noDirectory)
        }
        guard let names = FolderReader.names(opened) else { throw fault(FileFault(errno), path, missing: .noDirectory) }
        let entries = names.compactMap { name, kind -> FolderEntry? in
            switch kind {
            case DT_REG: return FolderEntry(name: name, isFolder: false)
            case DT_DIR: return FolderEntry(name: name, isFolder: true)
            default:
                let target = kindOfLink(path.parts + [name])
                return target != .file && target != .folder ? nil : FolderEntry(name: name, isFolder: target == .folder)
            }
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Opens a file for reading.
    func file(_ path: FlowPath) throws(FlowFault) -> (descriptor: Descriptor, status: FileStatus) {
        do {
            // A pipe would hold up whoever opens it.
            let opened = try folder.open(beneath: path.parts, O_RDONLY | O_NONBLOCK)
            let status = try opened.status()
            guard status.kind == .file else { throw FlowFault(400, "Not a file: \(path.text)") }
            return (opened, status)
        } catch let error as FileFault {
            throw fault(error, path, missing: .noFile)
        } catch let error as FlowFault {
            throw error
        } catch {
            throw .noFile
        }
    }

    private func isFile(_ path: FlowPath) -> Bool { kindOfLink(path.parts) == .file }

    private func kindOfLink(_ parts: [String]) -> FileKind {
        (try? folder.open(beneath: parts, rampart_o_path).status().kind) ?? .other
    }

    private func fault(_ error: FileFault, _ path: FlowPath, missing: FlowFault) -> FlowFault {
        if error.isMissing { return missing }
        if error.leadsOut { return .illegalPath(path.text) }
        if error.isForbidden { return FlowFault(403, "Not allowed to read: \(path.text)") }
        return FlowFault(500, "Cannot read \(path.text): \(error)")
    }
}

struct FolderEntry: Sendable, Hashable {
    let name: String
    let isFolder: Bool
}

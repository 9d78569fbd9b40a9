import CBeneath
import Glibc

/// An open file or folder, closed with its last user.
final class Descriptor: Sendable {
    let number: Int32

    /// Takes over a number that `open` has returned.
    init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Opens a folder by its path, links followed: for folders that the operator has named.
    static func folder(_ path: String) throws(FileFault) -> Descriptor {
        let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileFault(errno) }
        return Descriptor(number)
    }

    /// Opens a path below this folder. Symbolic links are followed as long as they stay below it.
    ///
    /// What is a race in `realpath` and a check is none here: the kernel resolves and checks in one go (openat2(2) with
    /// `RESOLVE_BENEATH`). Where it cannot, no link is followed at all.
    func open(beneath parts: [String], _ flags: Int32) throws(FileFault) -> Descriptor {
        let path = parts.isEmpty ? "." : parts.joined(separator: "/")
        guard Self.kernelCan else { return try walk(parts, flags) }
        // EAGAIN: somebody renamed a folder meanwhile, and the kernel could not be sure.
        for _ in 0..<100 {
            let opened = rampart_open_beneath(number, path, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)))
            if opened >= 0 { return Descriptor(opened) }
            guard errno == EAGAIN || errno == EINTR else { throw FileFault(errno) }
        }
        throw FileFault(EAGAIN)
    }

    /// Goes down part by part, following no link.
    private func walk(_ parts: [String], _ flags: Int32) throws(FileFault) -> Descriptor {
        var folder = self
        for part in parts.dropLast() { folder = try folder.step(part, rampart_o_path | O_DIRECTORY) }
        return try folder.step(parts.last ?? ".", flags)
    }

    private func step(_ name: String, _ flags: Int32) throws(FileFault) -> Descriptor {
        let opened = openat(number, name, flags | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { throw FileFault(errno) }
        return Descriptor(opened)
    }

    /// Whether the kernel has openat2, and no filter in the way of it.
    private static let kernelCan: Bool = {
        let opened = rampart_open_beneath(AT_FDCWD, ".", UInt64(rampart_o_path | O_CLOEXEC))
        guard opened >= 0 else { return false }
        close(opened)
        return true
    }()

    func status() throws(FileFault) -> FileStatus {
        var status = rampart_file_status()
        guard rampart_fstat(number, &status) == 0 else { throw FileFault(errno) }
        return FileStatus(status)
    }

    /// Of a name in this folder; of a link it is the link's own. Nil where there is no such name.
    func status(of name: String) -> FileStatus? {
        var status = rampart_file_status()
        return rampart_lstat(number, name, &status) == 0 ? FileStatus(status) : nil
    }
}

/// What the file system said instead of doing it.
struct FileFault: Error, Equatable, CustomStringConvertible {
    let code: Int32

    init(_ code: Int32) { self.code = code }

    var description: String { String(cString: strerror(code)) }
    var isMissing: Bool { [ENOENT, ENOTDIR, ENAMETOOLONG].contains(code) }
    /// The path leads out of its folder, or in circles.
    var leadsOut: Bool { [EXDEV, ELOOP].contains(code) }
    var isForbidden: Bool { [EACCES, EPERM].contains(code) }
}

/// What a file is.
struct FileStatus: Sendable {
    let kind: FileKind
    let size: Int
    let modifiedSeconds: Int
    private let modifiedNanoseconds: Int
    private let inode: UInt64
    private let device: UInt64

    init(_ status: rampart_file_status) {
        switch status.mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        size = Int(status.size)
        modifiedSeconds = Int(status.modified_seconds)
        modifiedNanoseconds = Int(status.modified_nanoseconds)
        inode = status.inode
        device = status.device
    }

    /// A strong validator (RFC 9110, 8.8.3): another one whenever the file is another or was written to.
    var entityTag: String {
        let time = UInt(bitPattern: modifiedSeconds &* 1_000_000_000 &+ modifiedNanoseconds)
        return "\"\(String(time, radix: 16))-\(String(size, radix: 16))-\(String(inode, radix: 16))\""
    }

    /// Whether two are the same file, written to or not.
    func isSame(as other: FileStatus) -> Bool { inode == other.inode && device == other.device }
}

enum FileKind: Sendable { case file, folder, link, other }

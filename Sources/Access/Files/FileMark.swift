import FoundationEssentials
import Glibc

/// What tells one content of a file from another: where it lies, how long it is, and when it was changed.
struct FileMark: Hashable, Sendable {
    /// Behind all links: a Secret in a pod is a link that is turned to another file.
    private let place: String
    private let number: UInt64
    private let modified: Date
    /// In bytes.
    let size: Int
    /// Whether it is a plain file.
    let isFile: Bool

    /// - Returns: nil where there is no such file.
    init?(_ path: String) { try? self.init(of: path) }

    /// - Throws: ``UnreadableFile`` where there is nothing, or nothing that this process may read.
    init(of path: String) throws {
        guard let resolved = realpath(path, nil), access(path, R_OK) == 0 else {
            throw UnreadableFile(path: path, reason: String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        place = String(cString: resolved)
        // Not stat(2): its members belong to another module where Swift's library is linked in.
        let attributes: [FileAttributeKey: Any]
        do { attributes = try FileManager.default.attributesOfItem(atPath: place) } catch {
            throw UnreadableFile(path: path, reason: "cannot be read: \(error)")
        }
        number = (attributes[.systemFileNumber] as? any BinaryInteger).map { UInt64(clamping: $0) } ?? 0
        modified = attributes[.modificationDate] as? Date ?? .distantPast
        size = (attributes[.size] as? any BinaryInteger).map { Int(clamping: $0) } ?? 0
        isFile = attributes[.type] as? FileAttributeType == .typeRegular
    }
}

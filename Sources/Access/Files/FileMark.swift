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
        number = Self.number(attributes[.systemFileNumber]) ?? 0
        modified = attributes[.modificationDate] as? Date ?? .distantPast
        size = Self.number(attributes[.size]).map { Int(clamping: $0) } ?? .max
        isFile = attributes[.type] as? FileAttributeType == .typeRegular
    }

    /// A number among the attributes, which is an `NSNumber` in a process that has the whole of Foundation.
    private static func number(_ value: Any?) -> UInt64? {
        (value as? UInt64) ?? (value as? any BinaryInteger).map { UInt64(clamping: $0) }
    }

    /// Whether it was changed so shortly ago that another change in the same tick of the file system's clock, which goes
    /// by up to ten milliseconds, would look the same.
    var isFresh: Bool { (0..<0.02).contains(-modified.timeIntervalSinceNow) }
}

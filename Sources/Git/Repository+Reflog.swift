import Glibc

/// One movement of a reference, as its log has it.
public struct ReferenceMovement: Hashable, Sendable {
    /// Where it was; zero where it did not exist.
    public let old: ObjectID
    /// Where it went.
    public let new: ObjectID
    /// Who moved it, `NAME <EMAIL>`: for a push that is whom the receiving git was run for.
    public let identity: String
    /// How it came about: `push`, `commit: SUBJECT`.
    public let message: String

    public init(old: ObjectID, new: ObjectID, identity: String = "", message: String = "") {
        self.old = old
        self.new = new
        self.identity = identity
        self.message = message
    }

    /// Reads a line, `OLD NEW NAME <EMAIL> SECONDS OFFSET`, a tab and the message (git-update-ref(1)).
    init?(line: some Collection<UInt8>) {
        let halves = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1)
        guard let head = halves.first else { return nil }
        let parts = String(decoding: head, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count > 1, let old = ObjectID(String(parts[0])), let new = ObjectID(String(parts[1])) else {
            return nil
        }
        self.init(
            old: old, new: new, identity: parts.dropFirst(2).dropLast(2).joined(separator: " "),
            message: halves.count > 1 ? String(decoding: halves[1], as: UTF8.self) : "")
    }
}

extension Repository {
    /// The newest movements of a reference from its log, the newest first.
    ///
    /// Reads the log from its end and no further than needed; git writes an entry before it moves the reference, so
    /// that one at the end may tell of a movement that did not come about.
    /// - Parameter start: the log is read back to a movement away from this commit.
    /// - Returns: nothing where the reference has no log.
    public func movements(of name: ReferenceName, backTo start: ObjectID) -> [ReferenceMovement] {
        let descriptor = open("\(path)/logs/\(name.rawValue)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let length = Int(lseek(descriptor, 0, SEEK_END))
        var span = 1 << 14
        while true {
            let offset = max(0, length - span)
            var bytes = [UInt8](repeating: 0, count: length - offset)
            let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            bytes.removeLast(bytes.count - max(0, got))
            var lines = bytes.split(separator: 0x0A)[...]
            if offset > 0 { lines = lines.dropFirst() }  // begins in the middle of a line
            var movements: [ReferenceMovement] = []
            for line in lines.reversed() {
                guard let movement = ReferenceMovement(line: line) else { continue }
                movements.append(movement)
                if movement.old == start { return movements }
            }
            if offset == 0 { return movements }
            span *= 4
        }
    }
}

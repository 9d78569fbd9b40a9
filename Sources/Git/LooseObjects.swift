import CLibgit2
import CZlib
import Glibc

/// Which of the 256 folders of loose objects a repository has, so that nobody looks for a loose object where none can be.
struct LooseFolders {
    private var present: [Bool] = []
    private var looked = ContinuousClock.now

    /// How long a look at the folders counts. Another process may make one at any time; an object that is missed here
    /// is read all the same, by libgit2.
    private static let lifetime: Duration = .milliseconds(100)

    /// Whether an object may lie in a file of its own.
    mutating func mayHold(_ id: ObjectID, in repository: String) -> Bool {
        let now = ContinuousClock.now
        if present.isEmpty || now - looked > Self.lifetime {
            looked = now
            present = (0..<256).map { byte in
                let digits = String(byte, radix: 16)
                return access("\(repository)/objects/\(byte < 16 ? "0" : "")\(digits)", F_OK) == 0
            }
        }
        return present[Int(id.firstByte)]
    }
}

extension Repository {
    /// Reads an object that lies in a file of its own: zlib's form of `blob 12`, a NUL and the content
    /// (gitrepository-layout(5), gitformat-loose of git's documentation).
    ///
    /// Not by libgit2: 1.5 never returns from a file that is cut short, as a loss of power may leave it.
    /// - Returns: nil where the object lies in a pack, or nowhere.
    func looseObject(_ id: ObjectID, _ name: String) throws(GitError) -> (kind: String, bytes: [UInt8])? {
        guard looseFolders.mayHold(id, in: path) else { return nil }
        let digits = id.description
        guard let packed = Self.content(of: "\(path)/objects/\(digits.prefix(2))/\(digits.dropFirst(2))") else {
            return nil
        }
        do throws(LooseObject.Damage) {
            let object = try LooseObject(packed)
            return (object.kind, object.bytes)
        } catch {
            throw GitError(
                .failed, "its file \(error.rawValue)", category: .objectDatabase, operation: "read the \(name) \(id)")
        }
    }

    /// - Returns: nil where there is no such file, or it cannot be read: libgit2 says why then.
    static func content(of path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size >= 0, status.st_size < LooseObject.largest else {
            return nil
        }
        let size = Int(status.st_size)
        // Not with room for none: the library writes the count into the storage that all empty arrays share.
        let bytes = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            while count < size {
                let got = read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
                if got < 0, errno == EINTR { continue }
                if got <= 0 { return }
                count += got
            }
        }
        return bytes.count == size ? bytes : nil
    }
}

/// An object that was unpacked.
struct LooseObject {
    /// What is wrong with a file.
    enum Damage: String, Error {
        case cutShort = "is cut short"
        case unreadable = "does not unpack"
        case noHeader = "does not begin as an object does"
        case tooLong = "holds more than it says"
    }

    /// `blob`, `tree`, `commit` or `tag`.
    let kind: String
    let bytes: [UInt8]

    /// Larger ones are left to libgit2; what a damaged file says of its size is not taken at its word.
    static let largest = 1 << 28
    private static let longestHeader = 32

    init(_ packed: [UInt8]) throws(Damage) {
        var stream = z_stream()
        guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .unreadable
        }
        defer { inflateEnd(&stream) }
        let result = packed.withUnsafeBufferPointer { packed in
            Result { () throws(Damage) in
                // zlib only reads from what it declares as mutable.
                stream.next_in = UnsafeMutablePointer(mutating: packed.baseAddress)
                stream.avail_in = UInt32(packed.count)
                return try Self.unpack(&stream)
            }
        }
        (kind, bytes) = try result.get()
    }

    private static func unpack(_ stream: inout z_stream) throws(Damage) -> (String, [UInt8]) {
        let start = try inflated(&stream, upTo: longestHeader)
        guard let end = start.firstIndex(of: 0) else { throw start.count < longestHeader ? .cutShort : .noHeader }
        let words = start[..<end].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 2, let size = Int(words[1]), (0..<largest).contains(size) else { throw .noHeader }
        var bytes = Array(start[(end + 1)...])
        guard bytes.count <= size else { throw .tooLong }
        bytes += try inflated(&stream, upTo: size - bytes.count)
        guard bytes.count == size else { throw .cutShort }
        // What comes behind the content is zlib's checksum, which this reads.
        guard try inflated(&stream, upTo: 1).isEmpty else { throw .tooLong }
        return (words[0], bytes)
    }

    /// The next bytes; fewer where the stream ends before.
    private static func inflated(_ stream: inout z_stream, upTo count: Int) throws(Damage) -> [UInt8] {
        var damage: Damage?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(count)
            while stream.avail_out > 0 {
                let before = (stream.avail_in, stream.avail_out)
                let code = inflate(&stream, Z_NO_FLUSH)
                if code == Z_STREAM_END { break }
                if code != Z_OK && code != Z_BUF_ERROR { damage = .unreadable }
                if code == Z_BUF_ERROR || before == (stream.avail_in, stream.avail_out) { damage = damage ?? .cutShort }
                if damage != nil { break }
            }
            initialized = count - Int(stream.avail_out)
        }
        if let damage { throw damage }
        return bytes
    }
}

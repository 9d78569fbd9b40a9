import Glibc

/// What lies in a repository.
public struct Census: Hashable, Sendable {
    public var looseObjects = 0
    /// What the loose objects take on the disk.
    public var looseBytes = 0
    /// How many loose objects are older than the grace.
    public var oldLooseObjects = 0
    public var packs: [Pack] = []
    public var looseReferences = 0
    /// What is free on the disk, and how large that is.
    public var freeBytes = Int.max
    public var diskBytes = Int.max

    /// What all objects take on the disk.
    public var bytes: Int { packs.reduce(looseBytes) { $0 + $1.bytes } }

    public init() {}

    /// Counts everything.
    ///
    /// - Parameter old: loose objects that were last written before this, in seconds since 1970, count as old.
    init(of repository: String, old: Int) {
        LooseObjects.each(in: repository) { folder, name in
            guard let status = Folder.status("\(folder)/\(name)") else { return }
            looseObjects += 1
            looseBytes += Int(status.st_blocks) * 512
            if status.st_mtim.tv_sec < old { oldLooseObjects += 1 }
        }
        packs = Self.packs(in: repository)
        looseReferences = Folder.files(below: "\(repository)/refs", limit: 100_000)
        var disk = statvfs()
        guard statvfs(repository, &disk) == 0 else { return }
        freeBytes = Int(clamping: UInt64(disk.f_bavail) &* UInt64(disk.f_frsize))
        diskBytes = Int(clamping: UInt64(disk.f_blocks) &* UInt64(disk.f_frsize))
    }

    /// The packs that can be read: those with an index.
    static func packs(in repository: String) -> [Pack] {
        let folder = "\(repository)/objects/pack"
        let names = Set(Folder.names(in: folder))
        return names.compactMap { name -> Pack? in
            guard name.hasPrefix("pack-"), name.hasSuffix(".idx") else { return nil }
            let base = String(name.dropLast(4))
            guard names.contains("\(base).pack"), let index = PackIndex(at: "\(folder)/\(name)") else { return nil }
            let present = Pack.endings.filter { names.contains("\(base).\($0)") }
            let bytes = present.reduce(0) { sum, ending in
                sum + (Folder.status("\(folder)/\(base).\(ending)").map { Int($0.st_size) } ?? 0)
            }
            let isKept = present.contains { ["keep", "promisor", "mtimes"].contains($0) }
            return Pack(name: base, objects: index.count, bytes: bytes, isKept: isKept)
        }.sorted { ($0.objects, $0.name) < ($1.objects, $1.name) }
    }

}

/// Objects in files of their own: `objects/52/8a99265ca94308da0aa90837c479c29075478b`.
enum LooseObjects {
    /// About how many there are, told from four of the 256 folders; ids are spread evenly.
    static func estimate(in repository: String) -> Int {
        ["00", "55", "aa", "ff"].reduce(0) { sum, folder in
            sum + Folder.names(in: "\(repository)/objects/\(folder)").count { $0.utf8.count == 38 }
        } * 64
    }

    /// Calls `body` with the folder and the name of each.
    static func each(in repository: String, _ body: (_ folder: String, _ name: String) -> Void) {
        for byte in 0..<256 {
            let folder = "\(repository)/objects/\(Hex.text([UInt8(byte)]))"
            for name in Folder.names(in: folder) where name.utf8.count == 38 { body(folder, name) }
        }
    }

    /// Whether an object has a file of its own.
    static func isThere(_ id: [UInt8], in repository: String) -> Bool {
        let digits = Hex.text(id)
        return Folder.status("\(repository)/objects/\(digits.prefix(2))/\(digits.dropFirst(2))") != nil
    }

    /// Removes those that are in a pack too. Their folders stay: somebody may be about to write into one.
    /// - Returns: how many.
    static func removePacked(in repository: String) -> Int {
        let folder = "\(repository)/objects/pack"
        let indexes = Census.packs(in: repository).compactMap { PackIndex(at: "\(folder)/\($0.name).idx") }
        var removed = 0
        each(in: repository) { folder, name in
            guard let id = Hex.bytes(folder.suffix(2) + name), indexes.contains(where: { $0.contains(id) }) else {
                return
            }
            if unlink("\(folder)/\(name)") == 0 { removed += 1 }
        }
        return removed
    }
}

/// Bytes as hexadecimal digits.
enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// - Returns: nil for anything but pairs of small hexadecimal digits.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let values = text.utf8.map { digits.firstIndex(of: $0) }
        guard values.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: values.count, by: 2) {
            guard let high = values[index], let low = values[index + 1] else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}

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

import Git
import Glibc

/// Objects in files of their own: `objects/52/8a99265ca94308da0aa90837c479c29075478b`.
enum LooseObjects {
    /// About how many there are, told from four of the 256 folders; ids are spread evenly.
    static func estimate(in repository: String) -> Int {
        ["00", "55", "aa", "ff"].reduce(0) { sum, folder in
            sum + Folder.names(in: "\(repository)/objects/\(folder)").count { $0.utf8.count == 38 }
        } * 64
    }

    /// Calls `body` with the folder and the name of each.
    ///
    /// - Parameter folders: of the 256, the numbers of those that are looked into.
    static func each(
        in repository: String, _ folders: some Sequence<Int> = 0..<256,
        _ body: (_ folder: String, _ name: String) -> Void
    ) {
        for byte in folders {
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
    ///
    /// While others flush what they write, each removal waits for the file system's journal, some milliseconds; so many
    /// are under way at once, as otherwise new objects would come faster than old ones go.
    /// - Returns: how many.
    static func removePacked(in repository: String) async -> Int {
        let folder = "\(repository)/objects/pack"
        let indexes = Census.packs(in: repository).compactMap { PackIndex(at: "\(folder)/\($0.name).idx") }
        return await withTaskGroup(of: Int.self) { group in
            for first in 0..<removers {
                let folders = stride(from: first, to: 256, by: removers)
                group.addTask { await Remover().remove(in: repository, folders, packedIn: indexes) }
            }
            return await group.reduce(0, +)
        }
    }

    private static let removers = 8

    /// Removes on a thread of its own.
    private actor Remover {
        private let executor = GitExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func remove(in repository: String, _ folders: StrideTo<Int>, packedIn indexes: [PackIndex]) -> Int {
            var removed = 0
            LooseObjects.each(in: repository, folders) { folder, name in
                guard let id = Hex.bytes(folder.suffix(2) + name), indexes.contains(where: { $0.contains(id) }) else {
                    return
                }
                if unlink("\(folder)/\(name)") == 0 { removed += 1 }
            }
            return removed
        }
    }
}

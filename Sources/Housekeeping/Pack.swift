/// A pack of objects.
public struct Pack: Hashable, Sendable {
    /// The name of its files without their endings: `pack-528a99265ca94308da0aa90837c479c29075478b`.
    public let name: String
    public let objects: Int
    /// What its files take.
    public let bytes: Int
    /// Whether it is left as it is: somebody works on it or wants it so (`.keep`), or it is of a special kind.
    public let isKept: Bool

    public init(name: String, objects: Int, bytes: Int, isKept: Bool = false) {
        self.name = name
        self.objects = objects
        self.bytes = bytes
        self.isKept = isKept
    }

    /// The endings that a pack's files may have, `.pack` first: without it the others say nothing to anybody.
    static let endings = ["pack", "idx", "rev", "bitmap", "keep", "promisor", "mtimes"]

    /// The packs to be made one, so that sizes are a geometric progression again: each pack has at least `factor` times the
    /// objects of the next smaller one, and of all that are made one.
    ///
    /// So there are never more than about log(objects) packs, and an object is written anew about as often
    /// (`--geometric` in git-repack(1)).
    /// - Returns: the smallest packs; none where all is well.
    static func toRollUp(_ packs: [Pack], factor: Int) -> [Pack] {
        let sorted = packs.filter { !$0.isKept }.sorted { ($0.objects, $0.name) < ($1.objects, $1.name) }
        var count = 0
        for index in sorted.indices.dropFirst() where sorted[index].objects < factor * sorted[index - 1].objects {
            count = index + 1
        }
        guard count > 0 else { return [] }
        var total = sorted[..<count].reduce(0) { $0 + $1.objects }
        while count < sorted.count, sorted[count].objects < factor * total {
            total += sorted[count].objects
            count += 1
        }
        return Array(sorted[..<count])
    }

    /// Whether what has come since all packs were made one is more than twice as much, so that it is time to do so again: among
    /// it may be much that nothing leads to any more, in few objects.
    ///
    /// - Parameter least: less than that is never too much.
    static func isOvergrown(_ packs: [Pack], least: Int) -> Bool {
        guard let largest = packs.max(by: { $0.objects < $1.objects }) else { return false }
        let others = packs.reduce(0) { $0 + $1.bytes } - largest.bytes
        return others > least && others > 2 * largest.bytes
    }
}

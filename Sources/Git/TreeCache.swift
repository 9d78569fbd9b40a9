/// The trees that were read last: a walk compares each tree twice, with the one before and with the one after.
///
/// Two generations of bounded size: what was not asked for during one whole generation is forgotten.
struct TreeCache {
    private var young: [ObjectID: RawTree] = [:]
    private var old: [ObjectID: RawTree] = [:]
    private var youngBytes = 0
    private let generationBytes = 2 << 20

    subscript(id: ObjectID) -> RawTree? {
        mutating get {
            if let tree = young[id] { return tree }
            guard let tree = old[id] else { return nil }
            insert(tree, id)
            return tree
        }
    }

    mutating func insert(_ tree: RawTree, _ id: ObjectID) {
        if youngBytes > generationBytes {
            old = young
            young = [:]
            youngBytes = 0
        }
        young[id] = tree
        youngBytes += tree.bytes.count
    }
}

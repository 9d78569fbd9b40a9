import Apps
import Git
import NIOCore
import Sync
import Synchronization

/// The encoded answers to reads of single apps, within a bound of memory.
///
/// Two generations: what is read moves to the young one; when that is full the old one goes and the young one grows
/// old. So what nobody asks for is gone after a while, without a list that every read would have to keep in order.
final class DetailCache: Sendable {
    /// What an answer was made of; equal keys make equal answers.
    struct Key: Hashable, Sendable {
        var commit: ObjectID
        var uid: String
        var resourceVersion: String
        /// The sync state only shows where something is wrong.
        var failure: String?
        var hasSeenCluster: Bool

        init(_ view: AppView) {
            commit = view.app.lastCommit
            uid = view.observed?.uid ?? ""
            resourceVersion = view.observed?.resourceVersion ?? ""
            failure = view.sync?.state == .failed ? view.sync?.message ?? "" : nil
            hasSeenCluster = view.hasSeenCluster
        }
    }

    struct Entry: Sendable {
        let key: Key
        let body: ByteBuffer
        let tag: EntityTag
    }

    fileprivate struct Generations {
        var young: [AppID: Entry] = [:]
        var old: [AppID: Entry] = [:]
        var youngBytes = 0
    }

    private let generations = Mutex(Generations())
    private let limit: Int
    /// What an entry takes, with what lies around its body.
    fileprivate static func size(_ entry: Entry) -> Int { entry.body.readableBytes + 256 }

    /// - Parameter bytes: the most that both generations may take together.
    init(bytes: Int) { limit = bytes / 2 }

    /// The answer for an app as it is, encoded now where it is not there yet.
    func entry(for view: AppView) -> Entry {
        let key = Key(view)
        let id = view.app.id
        if let found = generations.withLock({ $0.find(id, key, limit: limit) }) { return found }
        let body = ByteBuffer(bytes: AppDetail.bytes(view))
        let entry = Entry(key: key, body: body, tag: Self.tag(key))
        generations.withLock { $0.insert(entry, for: id, limit: limit) }
        return entry
    }

    private static func tag(_ key: Key) -> EntityTag {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a: the same after a restart
        for text in [key.uid, key.resourceVersion, key.failure ?? "-", key.hasSeenCluster ? "1" : "0"] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        return EntityTag(commit: key.commit, state: hash)
    }

    /// How much the bodies take, for tests.
    var bytes: Int {
        generations.withLock { all in
            let young = all.young.values.reduce(0) { $0 + $1.body.readableBytes }
            return all.old.reduce(young) { $0 + (all.young[$1.key] == nil ? $1.value.body.readableBytes : 0) }
        }
    }
}

extension DetailCache.Generations {
    mutating func find(_ id: AppID, _ key: DetailCache.Key, limit: Int) -> DetailCache.Entry? {
        if let entry = young[id] { return entry.key == key ? entry : nil }
        guard let entry = old[id], entry.key == key else { return nil }
        insert(entry, for: id, limit: limit)
        return entry
    }

    mutating func insert(_ entry: DetailCache.Entry, for id: AppID, limit: Int) {
        if let last = young.updateValue(entry, forKey: id) { youngBytes -= DetailCache.size(last) }
        youngBytes += DetailCache.size(entry)
        if youngBytes > limit {
            old = young
            young = [:]
            youngBytes = 0
        }
    }
}

import Access
import Apps
import HashTreeCollections
import NIOCore
import Sync
import Synchronization

/// Keeps the newest page of the list, and makes the next one when somebody asks after something has changed.
///
/// Readers that find the newest page current take it and go. The others wait for one of them to make it.
actor AppListPages {
    private let apps: any AppSource
    private let cluster: any ClusterSide
    private let newest = Mutex<AppListPage?>(nil)
    /// The last lists of callers who may not see all.
    private let parts = Mutex<[(visible: Visibility, part: AppListPage.Part)]>([])
    private static let mostParts = 16

    init(apps: any AppSource, cluster: any ClusterSide) {
        self.apps = apps
        self.cluster = cluster
    }

    /// The list as it is now, with every write that was acknowledged before.
    nonisolated func page() async -> AppListPage {
        let source = AppListPage.Source(sequence: apps.snapshot.sequence, revision: cluster.current.revision)
        if let page = newest.withLock({ $0 }), page.source == source { return page }
        return await make()
    }

    /// The list as a caller may see it.
    nonisolated func page(for visible: Visibility) async -> (tag: EntityTag, body: [ByteBuffer]) {
        let page = await page()
        if visible.isAll { return (page.tag, page.body) }
        let known = parts.withLock { $0.first { $0.visible == visible && $0.part.source == page.source } }
        if let known { return (known.part.tag, known.part.body) }
        let part = page.part(visible)
        parts.withLock { parts in
            parts.removeAll { $0.visible == visible || $0.part.source != page.source }
            if parts.count >= Self.mostParts { parts.removeFirst() }
            parts.append((visible, part))
        }
        return (part.tag, part.body)
    }

    private func make() -> AppListPage {
        let snapshot = apps.snapshot
        let (_, observed, revision) = cluster.current
        let source = AppListPage.Source(sequence: snapshot.sequence, revision: revision)
        let last = newest.withLock { $0 }
        if let last, last.source == source { return last }  // made while this one waited
        let page =
            last.map { $0.updated(to: source, snapshot: snapshot, observed: observed) }
            ?? AppListPage(source: source, snapshot: snapshot, observed: observed)
        newest.withLock { $0 = page }
        return page
    }
}

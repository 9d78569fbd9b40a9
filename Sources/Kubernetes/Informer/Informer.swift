public import HashTreeCollections
public import Logging
public import ServiceLifecycle
import Synchronization

/// Keeps a copy of a collection, equal to the server's but for the time that news takes.
///
/// It lists, then watches from there; after a disconnect it goes on from the last resource version, and after a 410 it
/// lists again and tells what has changed and gone meanwhile. While the server is away it keeps what it has and tries
/// again, with growing waits, for ever.
///
/// - Parameter Kept: what is kept of each object; less than all of it saves memory where there are many.
public final class Informer<Kept: Sendable>: Service {
    /// A look at everything that is kept, cheap to take and unchanged while it is held.
    public typealias Objects = TreeDictionary<ObjectKey, Kept>

    private struct Shared {
        var objects: Objects = [:]
        var status = InformerStatus(hasSynced: false, isWatching: false, lastError: nil, failures: 0, lists: 0)
        var listeners: [WeakListener] = []
        var hasEnded = false
    }

    private struct WeakListener {
        weak var mailbox: Mailbox<Kept>?
    }

    private let client: KubernetesClient
    private let type: ResourceType
    private let namespace: String?
    private let labelSelector: String?
    private let fieldSelector: String?
    private let form: ObjectForm
    private let transform: @Sendable (KubernetesObject) -> Kept?
    private let policy: RetryPolicy
    private let logger: Logger
    private let shared = Mutex(Shared())
    /// Keys that a listener may be behind before it is told to look at everything.
    private let listenerLimit: Int

    /// - Parameters:
    ///   - namespace: nil keeps all namespaces.
    ///   - form: how much of each object the server is asked for.
    ///   - policy: the waits between tries that fail; the number of tries is not limited.
    ///   - transform: what to keep of an object; nil leaves the object out.
    public init(
        client: KubernetesClient, type: ResourceType, namespace: String? = nil, labelSelector: String? = nil,
        fieldSelector: String? = nil, form: ObjectForm = .whole, policy: RetryPolicy? = nil,
        listenerLimit: Int = 100_000, logger: Logger,
        transform: @escaping @Sendable (KubernetesObject) -> Kept?
    ) {
        self.client = client
        self.type = type
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.form = form
        self.policy = policy ?? Self.patient
        self.listenerLimit = listenerLimit
        self.logger = logger
        self.transform = transform
    }

    /// Everything that is kept now.
    public var objects: Objects { shared.withLock(\.objects) }

    /// Whether the first list has been read, so that ``objects`` is complete.
    public var hasSynced: Bool { shared.withLock(\.status.hasSynced) }

    /// Why the last list or watch failed; nil once it works again.
    public var lastError: KubernetesError? { shared.withLock(\.status.lastError) }

    /// How this informer stands with its server.
    public var status: InformerStatus { shared.withLock(\.status) }

    /// What changes from now on. Begins with ``InformerEvent/synced``, as soon as or because the first list is in.
    ///
    /// A slow listener misses no key, but sees several changes of an object as one. For one task at a time; it ends
    /// with the informer's ``run()`` or when that task is cancelled.
    public func events() -> AsyncStream<InformerEvent<Kept>> {
        let mailbox = shared.withLock { shared in
            let mailbox = Mailbox<Kept>(isSynced: shared.status.hasSynced, limit: listenerLimit)
            if shared.hasEnded { mailbox.finish() }
            shared.listeners.removeAll { $0.mailbox == nil }
            shared.listeners.append(WeakListener(mailbox: mailbox))
            return mailbox
        }
        return AsyncStream { await mailbox.next() }
    }

    /// Lists and watches until the task is cancelled or the service is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.follow() }
        let listeners = shared.withLock { shared in
            shared.hasEnded = true
            return shared.listeners.compactMap(\.mailbox)
        }
        for mailbox in listeners { mailbox.finish() }
    }

    private static var patient: RetryPolicy {
        var policy = RetryPolicy()
        policy.longestDelay = .seconds(30)
        return policy
    }

    private func follow() async {
        var state = WatchState<Kept>()
        let clock = ContinuousClock()
        while !Task.isCancelled {
            let start = clock.now
            var end: WatchState<Kept>.End?
            switch state.step {
            case .list: end = await list(&state)
            case .watch(let resourceVersion): end = await watch(&state, from: resourceVersion)
            case .compare: end = await compare(&state)
            }
            if Task.isCancelled { return }
            let delay = state.delay(
                policy, end: end, lasted: clock.now - start, random: client.options.random())
            guard delay > .zero else { continue }
            do {
                try await client.options.clock.sleep(for: delay)
            } catch {
                return
            }
        }
    }

    private func list(_ state: inout WatchState<Kept>) async -> WatchState<Kept>.End? {
        var items: [WatchState<Kept>.Item] = []
        do {
            let version = try await client.listPages(
                type, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector,
                form: form, restart: { items = [] },
                page: { page in items.append(contentsOf: page.lazy.map { self.item($0) }) })
            let isFirst = !state.hasSynced
            let changes = state.listed(items, resourceVersion: version)
            publish(state, changes, isFirst: isFirst) { status in
                status.lists += 1
                status.lastError = nil
            }
            logger.debug("Listed", metadata: ["resource": "\(type)", "objects": "\(items.count)"])
            return nil
        } catch {
            state.listFailed()
            failed(error, state, "Cannot list")
            return .failed(retryAfter: error.retryAfter)
        }
    }

    /// Asks which version the collection has, with one object at most.
    private func compare(_ state: inout WatchState<Kept>) async -> WatchState<Kept>.End? {
        do {
            let version = try await client.list(type, namespace: namespace, form: .metadata, limit: 1).resourceVersion
            state.compared(current: version)
            if state.step == .list {
                logger.warning(
                    "The server has gone back to an older state, everything is listed anew",
                    metadata: ["resource": "\(type)", "version": "\(version)"])
            }
            return nil
        } catch {
            state.compareFailed()
            failed(error, state, "Cannot go on with a watch")
            return .failed(retryAfter: error.retryAfter)
        }
    }

    private func watch(_ state: inout WatchState<Kept>, from resourceVersion: String) async -> WatchState<Kept>.End {
        var events = client.watch(
            type, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector,
            form: form, resourceVersion: resourceVersion
        ).makeAsyncIterator()
        let end: WatchState<Kept>.End
        var error: KubernetesError?
        do {
            try await events.connect()
            publish(state, []) { status in
                status.isWatching = true
                status.lastError = nil
            }
            while let event = try await events.next() {
                let change = state.received(event.kind, item(event.object, isWanted: event.kind != .bookmark))
                if let change { publish(state, [change]) }
            }
            end = .ended
        } catch let caught {
            error = caught
            end = caught.isGone ? .gone : .failed(retryAfter: caught.retryAfter)
        }
        state.watchEnded(end)
        publish(state, []) { $0.isWatching = false }
        if let error { failed(error, state, "A watch broke off") }
        return end
    }

    private func item(_ object: KubernetesObject, isWanted: Bool = true) -> WatchState<Kept>.Item {
        WatchState<Kept>.Item(
            key: object.key, resourceVersion: object.resourceVersion, uid: object.uid,
            kept: isWanted ? transform(object) : nil)
    }

    private func failed(_ error: KubernetesError, _ state: WatchState<Kept>, _ what: Logger.Message) {
        guard !error.isCancelled else { return }
        publish(state, []) { $0.lastError = error.isGone ? nil : error }
        // A connection that is cut, and a version that is too old, happen every day; what lasts is worth a warning.
        logger.log(
            level: state.failures > 2 ? .warning : .debug, what,
            metadata: ["resource": "\(type)", "error": "\(error)", "failures": "\(state.failures)"])
    }

    private func publish(
        _ state: WatchState<Kept>, _ changes: [WatchState<Kept>.Change], isFirst: Bool = false,
        _ update: (inout InformerStatus) -> Void = { _ in }
    ) {
        let listeners = shared.withLock { shared in
            shared.objects = state.objects
            shared.status.hasSynced = state.hasSynced
            shared.status.failures = state.failures
            update(&shared.status)
            return isFirst || !changes.isEmpty ? shared.listeners.compactMap(\.mailbox) : []
        }
        for mailbox in listeners {
            if isFirst { mailbox.synced() }
            mailbox.post(changes)
        }
    }
}

extension Informer where Kept == KubernetesObject {
    /// An informer that keeps objects whole, but for their `managedFields`.
    public convenience init(
        client: KubernetesClient, type: ResourceType, namespace: String? = nil, labelSelector: String? = nil,
        fieldSelector: String? = nil, policy: RetryPolicy? = nil, logger: Logger
    ) {
        self.init(
            client: client, type: type, namespace: namespace, labelSelector: labelSelector,
            fieldSelector: fieldSelector, policy: policy, logger: logger,
            transform: { $0.withoutManagedFields() })
    }
}

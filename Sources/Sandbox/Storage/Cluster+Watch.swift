import JSONValues

/// What a watch tells its client, before it is put into the form the client asked for.
enum WatchMessage: Sendable {
    case event(Cluster.Event.Kind, JSON)
    case bookmark(revision: Int, initialEventsEnd: Bool)
    case error(StatusError)
}

/// One running watch.
struct Watcher: Sendable {
    let resource: ResourceKind
    let options: ListOptions
    let continuation: AsyncStream<WatchMessage>.Continuation
    /// Where it began. One that begins in the future hears nothing before that, not even that it does (as recorded).
    var from = 0

    /// Passes on a change as this watch sees it: an object that leaves the selection is deleted, one that enters it
    /// is added.
    func tell(_ event: Cluster.Event) {
        guard event.revision > from else { return }
        let matched = event.previous.map(options.matches) ?? false
        let matches = event.kind != .deleted && options.matches(event.object)
        switch (matched, matches) {
        case (true, true): continuation.yield(.event(.modified, event.object))
        case (false, true): continuation.yield(.event(.added, event.object))
        case (true, false):
            var gone = event.kind == .deleted ? event.object : event.previous ?? event.object
            gone["metadata"]?["resourceVersion"] = .string(String(event.revision))
            continuation.yield(.event(.deleted, gone))
        case (false, false): break
        }
    }

    func end() { continuation.finish() }
}

/// Where a watch begins.
struct WatchStart: Sendable {
    /// As the client wrote it; empty or `0` begins with what there is.
    var resourceVersion: String
    var sendsInitialEvents = false
    var bookmarks = false
}

extension Cluster {
    /// Starts a watch.
    ///
    /// - Returns: its messages, and the number under which ``endWatch(_:)`` ends it.
    func watch(
        _ kind: ResourceKind, _ options: ListOptions, from start: WatchStart
    ) throws(StatusError) -> (messages: AsyncStream<WatchMessage>, id: Int) {
        let (stream, continuation) = AsyncStream.makeStream(of: WatchMessage.self)
        var watcher = Watcher(resource: kind, options: options, continuation: continuation)
        if start.resourceVersion.isEmpty || start.resourceVersion == "0" || start.sendsInitialEvents {
            for object in try list(kind, options).items { continuation.yield(.event(.added, object)) }
            if start.bookmarks { continuation.yield(.bookmark(revision: revision, initialEventsEnd: true)) }
        } else {
            guard let from = Int(start.resourceVersion) else {
                throw .badRequest("Invalid value: \"\(start.resourceVersion)\": strconv.ParseUint: invalid syntax")
            }
            let oldest = history.first.map { $0.revision - 1 } ?? revision
            if from < compacted || from < oldest {
                continuation.yield(
                    .error(
                        StatusError(410, "Expired", "too old resource version: \(from) (\(max(compacted, oldest)))")))
                continuation.finish()
                return (stream, -1)
            }
            watcher.from = from
            for event in history where event.resource == kind { watcher.tell(event) }
        }
        nextWatcher += 1
        watchers[nextWatcher] = watcher
        return (stream, nextWatcher)
    }

    func endWatch(_ id: Int) { watchers.removeValue(forKey: id)?.end() }

    func bookmark(_ id: Int) {
        guard let watcher = watchers[id], watcher.from <= revision else { return }
        watcher.continuation.yield(.bookmark(revision: revision, initialEventsEnd: false))
    }

    /// Cuts all watches, as a server that restarts does.
    func cutWatches() {
        for watcher in watchers.values { watcher.end() }
        watchers = [:]
    }
}

import Hummingbird
import JSONValues
import NIOCore

/// The verbs of the API on one target: reads what the client asks, and lets the cluster decide.
struct Verbs: Sendable {
    let cluster: Cluster
    let target: Target
    let query: Query
    let options: SandboxOptions
    let accept: String

    private var kind: ResourceKind { target.kind }
    private var wantsTable: Bool { accept.contains("as=Table") }
    private var wantsPartial: Bool { accept.contains("as=PartialObjectMetadata") }

    private func listOptions() throws(StatusError) -> ListOptions {
        ListOptions(
            namespace: target.namespace, labels: try Selector(labels: query["labelSelector"] ?? ""),
            fields: try Selector(fields: query["fieldSelector"] ?? "", kind: kind),
            limit: query["resourceVersion"] == "0" ? 0 : query["limit"].flatMap { Int($0) } ?? 0,
            continuation: query["continue"].flatMap { $0.isEmpty ? nil : $0 })
    }

    private func writeOptions(_ agent: String, _ verb: WriteQuery.Verb) throws(StatusError) -> WriteOptions {
        try WriteQuery(query: query, verb: verb).options(agent: agent, isStatus: target.subresource == "status")
    }

    private func readQuery() async -> ReadQuery { ReadQuery(query: query, revision: await cluster.revision) }

    func get() async throws(StatusError) -> JSON {
        try await readQuery().checkGet()
        return formed(try await cluster.get(kind, namespace: scope, name: target.name ?? ""))
    }

    private var scope: String? { kind.isNamespaced ? target.namespace : nil }

    func list() async throws(StatusError) -> JSON {
        try await readQuery().checkList()
        if query["resourceVersionMatch"] == "Exact", let wanted = query["resourceVersion"].flatMap({ Int($0) }),
            wanted < (await cluster.compacted)
        {
            throw StatusError(410, "Expired", "The resourceVersion for the provided list is too old.")
        }
        return formed(try await cluster.list(kind, listOptions()))
    }

    /// A list in the form that the client asked for.
    private func formed(_ page: ListPage) -> JSON {
        var metadata: JSON = ["resourceVersion": .string(String(page.revision))]
        if !page.continuation.isEmpty || kind.isCustom && !wantsPartial {
            metadata["continue"] = .string(page.continuation)
        }
        if let remaining = page.remaining { metadata["remainingItemCount"] = .int(Int64(remaining)) }
        if wantsTable { return Tables.table(page.items, kind, now: options.now(), metadata: metadata) }
        if wantsPartial {
            return [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
                "items": .array(page.items.map(Tables.partial)),
            ]
        }
        var items = page.items
        if !kind.isCustom {
            for index in items.indices {
                items[index]["kind"] = nil
                items[index]["apiVersion"] = nil
            }
        }
        return [
            "apiVersion": .string(kind.apiVersion), "items": .array(items), "kind": .string("\(kind.kind)List"),
            "metadata": metadata,
        ]
    }

    /// One object in the form that the client asked for.
    func formed(_ object: JSON) -> JSON {
        if wantsTable, object["kind"] != "Status" {
            let metadata: JSON = ["resourceVersion": object.at("metadata", "resourceVersion") ?? ""]
            return Tables.table([object], kind, now: options.now(), metadata: metadata)
        }
        return wantsPartial ? Tables.partial(object) : object
    }

    func create(_ bytes: [UInt8], _ type: String?, _ agent: String) async throws(StatusError) -> WriteResult {
        let body = try Body.object(bytes, contentType: type, kind: kind)
        await makeNamespaceIfWanted()
        return try await cluster.create(kind, namespace: scope, body, writeOptions(agent, .create))
    }

    func replace(_ bytes: [UInt8], _ type: String?, _ agent: String) async throws(StatusError) -> WriteResult {
        let body = try Body.object(bytes, contentType: type, kind: kind)
        let stated = body.at("metadata", "name")?.string ?? ""
        guard !stated.isEmpty else {
            throw .badRequest(
                "the name of the object (\(target.name ?? "") based on URL) was undeterminable: name must be provided")
        }
        if let namespace = body.at("metadata", "namespace")?.string, !namespace.isEmpty, namespace != scope {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        guard stated == target.name else {
            throw .badRequest(
                "the name of the object (\(stated)) does not match the name on the URL (\(target.name ?? ""))")
        }
        return try await cluster.replace(
            kind, namespace: scope, name: target.name ?? "", body, writeOptions(agent, .update))
    }

    func patch(_ bytes: [UInt8], _ type: String?, _ agent: String) async throws(StatusError) -> WriteResult {
        let (patchType, body) = try Body.patch(bytes, contentType: type, kind: kind)
        let isApply = patchType == .apply
        let writeOptions = try writeOptions(agent, isApply ? .apply : .patch)
        if isApply { await makeNamespaceIfWanted() }
        return try await cluster.patch(
            kind, namespace: scope, name: target.name ?? "", patchType, body, writeOptions)
    }

    /// - Returns: the body, and whether the deletion is only accepted: a dependent that must not be orphaned is waited
    ///   for.
    func delete(_ bytes: [UInt8]) async throws(StatusError) -> (body: JSON, isAccepted: Bool) {
        let options = try DeleteOptions(bytes, query)
        let body = try await cluster.delete(kind, namespace: scope, name: target.name ?? "", options)
        return (body, options.orphans == false && body["kind"] != "Status")
    }

    func deleteCollection(_ bytes: [UInt8]) async throws(StatusError) -> JSON {
        let options = try DeleteOptions(bytes, query)
        try await readQuery().checkList()
        let page = try await cluster.list(kind, listOptions())
        for object in page.items {
            let name = object.at("metadata", "name")?.string ?? ""
            _ = try await cluster.delete(
                kind, namespace: object.at("metadata", "namespace")?.string, name: name, options)
        }
        return formed(page)
    }

    private func makeNamespaceIfWanted() async {
        guard options.createsNamespaces, let namespace = scope else { return }
        await cluster.makeNamespace(namespace)
    }

    // MARK: - Watch

    func watch() async throws(StatusError) -> Response {
        try await readQuery().checkWatch()
        var listOptions = try listOptions()
        listOptions.limit = 0
        listOptions.continuation = nil
        let bookmarks = query.isTrue("allowWatchBookmarks")
        let start = WatchStart(
            resourceVersion: query["resourceVersion"] ?? "", sendsInitialEvents: query.isTrue("sendInitialEvents"),
            bookmarks: bookmarks)
        let stated = query["timeoutSeconds"] ?? ""
        guard let seconds = stated.isEmpty ? 0 : Int(stated) else {
            throw .badRequest("strconv.ParseInt: parsing \"\(stated)\": invalid syntax")
        }
        let lifetime = seconds > 0 ? seconds : 1_800
        let (messages, id) = try await cluster.watch(kind, listOptions, from: start)
        let cluster = cluster
        let form = self
        let body = ResponseBody { writer in
            do {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .seconds(lifetime))
                        if bookmarks { await cluster.bookmark(id) }
                        await cluster.endWatch(id)
                    }
                    if bookmarks {
                        group.addTask {
                            while true {
                                try await Task.sleep(for: .seconds(60))
                                await cluster.bookmark(id)
                            }
                        }
                    }
                    for await message in messages {
                        try await writer.write(ByteBuffer(bytes: form.line(message)))
                    }
                    group.cancelAll()
                }
            } catch is CancellationError {}
            await cluster.endWatch(id)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private func line(_ message: WatchMessage) -> [UInt8] {
        let event: JSON
        switch message {
        case .event(let type, let object): event = ["type": .string(type.rawValue), "object": formed(object)]
        case .bookmark(let revision, let isEnd):
            var metadata: JSON = ["resourceVersion": .string(String(revision)), "creationTimestamp": .null]
            if isEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
            var object: JSON = [
                "kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion), "metadata": metadata,
            ]
            if wantsTable {
                object = Tables.table([], kind, now: options.now(), metadata: metadata, withColumns: false)
            }
            event = ["type": "BOOKMARK", "object": object]
        case .error(let error): event = ["type": "ERROR", "object": error.json]
        }
        return event.bytes() + [0x0A]
    }
}

public import JSONValues
import NIOHTTP1

extension KubernetesClient {
    /// Reads one object.
    ///
    /// - Parameters:
    ///   - resourceVersion: nil reads the newest; `0` takes what the server's cache has.
    public func get(
        _ type: ResourceType, namespace: String? = nil, name: String, subresource: Subresource? = nil,
        resourceVersion: String? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        let operation = operation("get", type, namespace, name, subresource)
        try check(type, namespace: namespace, name: name, operation)
        var query = Query()
        query.add("resourceVersion", resourceVersion)
        let path = type.path(namespace: namespace, name: name, subresource: subresource?.rawValue)
        return try await send(
            Outgoing(.GET, path, query: query, operation: operation, repeatability: .always)
        ).object()
    }

    /// Reads one page of a list, or all of it where no limit is set.
    ///
    /// - Parameters:
    ///   - namespace: nil lists all namespaces.
    ///   - form: how much of each object.
    ///   - token: ``ObjectList/continueToken`` of the page before. An old one ends in a ``KubernetesError/isGone``
    ///     whose ``KubernetesError/continueToken`` goes on, at the price of a list that never was so at one time.
    public func list(
        _ type: ResourceType, namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil,
        form: ObjectForm = .whole, limit: Int? = nil, continue token: String? = nil, resourceVersion: String? = nil
    ) async throws(KubernetesError) -> ObjectList {
        let operation = operation("list", type, namespace, nil)
        try check(type, namespace: namespace, operation)
        var query = Query()
        query.add("labelSelector", labelSelector)
        query.add("fieldSelector", fieldSelector)
        query.add("limit", limit.map(String.init))
        query.add("continue", token)
        query.add("resourceVersion", resourceVersion)
        let path = type.path(namespace: namespace)
        var list = try await send(
            Outgoing(
                .GET, path, query: query, operation: operation, repeatability: .always, accept: form.listMediaType)
        ).list()
        // Built-in types leave out what every item has.
        for index in list.items.indices where list.items[index].json["kind"] == nil {
            list.items[index].json["apiVersion"] = .string(type.apiVersion)
            list.items[index].json["kind"] = .string(type.kind)
        }
        return list
    }

    /// Reads a whole list, page by page, as it was at one time.
    ///
    /// Where the pages grow too old while they are read, the list is started again, at last without pages.
    public func listAll(
        _ type: ResourceType, namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil,
        pageSize: Int? = nil
    ) async throws(KubernetesError) -> ObjectList {
        var items: [KubernetesObject] = []
        let resourceVersion = try await listPages(
            type, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector,
            pageSize: pageSize, restart: { items = [] }, page: { items += $0 })
        return ObjectList(items: items, resourceVersion: resourceVersion)
    }

    /// Reads a whole list and hands over its pages one by one, so that never more than one is kept.
    ///
    /// - Parameters:
    ///   - restart: called where the list is started again; forget the pages so far.
    ///   - page: called with each page.
    /// - Returns: the resource version of the list.
    public func listPages(
        _ type: ResourceType, namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil,
        form: ObjectForm = .whole, pageSize: Int? = nil, restart: () -> Void, page: ([KubernetesObject]) -> Void
    ) async throws(KubernetesError) -> String {
        let pageSize = pageSize ?? options.pageSize
        var restarts = 0
        var token: String?
        while true {
            do throws(KubernetesError) {
                let list = try await list(
                    type, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector,
                    form: form, limit: restarts < 2 ? pageSize : nil, continue: token)
                page(list.items)
                token = list.continueToken
                if token == nil { return list.resourceVersion }
            } catch {
                guard error.isGone, token != nil, restarts < 2 else { throw error }
                restarts += 1
                token = nil
                restart()
            }
        }
    }

    /// What the server says about itself at `/version`: `gitVersion` and more. Needs no rights.
    public func version() async throws(KubernetesError) -> JSON {
        try await raw("/version").json()
    }

    /// Reads any path of the server, for example `/readyz`.
    public func raw(_ path: String) async throws(KubernetesError) -> Reply {
        let operation = KubernetesError.Operation(verb: "get", resource: path, object: "")
        guard path.hasPrefix("/") else {
            throw KubernetesError(.invalidRequest, operation: operation, message: "a path begins with /")
        }
        return try await send(Outgoing(.GET, path, operation: operation, repeatability: .always))
    }
}

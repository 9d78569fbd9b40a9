import NIOHTTP1

extension KubernetesClient {
    /// Watches a collection from a resource version on.
    ///
    /// - Parameters:
    ///   - namespace: nil watches all namespaces.
    ///   - form: how much of each object.
    ///   - resourceVersion: of a list or of the last event; nil begins with ADDED for each object that is there.
    ///   - timeout: after which the server ends the watch; nil takes ``KubernetesClientOptions/watchTimeout``, which
    ///     is also the longest time, since a stream silent for longer counts as cut.
    public func watch(
        _ type: ResourceType, namespace: String? = nil, labelSelector: String? = nil, fieldSelector: String? = nil,
        form: ObjectForm = .whole, resourceVersion: String?, allowBookmarks: Bool = true, timeout: Duration? = nil
    ) -> Watch {
        var query = Query()
        query.add("watch", "true")
        query.add("allowWatchBookmarks", if: allowBookmarks, "true")
        query.add("labelSelector", labelSelector)
        query.add("fieldSelector", fieldSelector)
        query.add("resourceVersion", resourceVersion)
        let seconds = min(timeout ?? options.watchTimeout, options.watchTimeout).components.seconds
        query.add("timeoutSeconds", String(max(seconds, 1)))
        return Watch(
            transport: transport,
            request: Outgoing(
                .GET, type.path(namespace: namespace), query: query,
                operation: operation("watch", type, namespace, nil), repeatability: .always,
                accept: form.mediaType),
            silence: options.watchTimeout + options.watchGrace)
    }
}

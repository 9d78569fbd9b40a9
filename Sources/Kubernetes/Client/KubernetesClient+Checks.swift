extension KubernetesClient {
    /// What a request is about, for errors.
    func operation(
        _ verb: String, _ type: ResourceType, _ namespace: String?, _ name: String?, _ subresource: Subresource? = nil
    ) -> KubernetesError.Operation {
        var resource = type.description
        if let subresource { resource += "/" + subresource.rawValue }
        let object =
            if let name {
                ObjectKey(namespace: type.isNamespaced ? namespace : nil, name: name).description
            } else if type.isNamespaced {
                namespace.map { "in \($0)" } ?? "in all namespaces"
            } else { "" }
        return KubernetesError.Operation(verb: verb, resource: resource, object: object)
    }

    /// Refuses names that would make another path than the one that is meant.
    func check(
        _ type: ResourceType, namespace: String?, name: String, _ operation: KubernetesError.Operation
    ) throws(KubernetesError) {
        try checkCollection(type, namespace: namespace, operation)
        try check(segment: name, "name", operation)
    }

    func checkCollection(
        _ type: ResourceType, namespace: String?, _ operation: KubernetesError.Operation
    ) throws(KubernetesError) {
        if type.isNamespaced, namespace == nil {
            throw KubernetesError(
                .invalidRequest, operation: operation, message: "\(type) live in namespaces; name one")
        }
        try check(type, namespace: namespace, operation)
    }

    func check(
        _ type: ResourceType, namespace: String?, _ operation: KubernetesError.Operation
    ) throws(KubernetesError) {
        if type.isNamespaced, let namespace { try check(segment: namespace, "namespace", operation) }
    }

    private func check(
        segment: String, _ what: String, _ operation: KubernetesError.Operation
    ) throws(KubernetesError) {
        if segment.isEmpty || segment == "." || segment == ".." || segment.contains(where: { "/%".contains($0) }) {
            throw KubernetesError(
                .invalidRequest, operation: operation, message: "\"\(segment)\" cannot be the \(what) of an object")
        }
    }
}

public import JSONValues
import NIOCore
import NIOHTTP1

extension KubernetesClient {
    /// Makes a new object. Never sent twice where the first time may have reached the server.
    public func create(
        _ type: ResourceType, namespace: String? = nil, body: JSON, fieldManager: String? = nil, dryRun: Bool = false,
        fieldValidation: FieldValidation? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        let operation = operation("create", type, namespace, body.at("metadata", "name")?.string)
        try checkCollection(type, namespace: namespace, operation)
        return try await send(
            Outgoing(
                .POST, type.path(namespace: namespace),
                query: query(dryRun: dryRun, fieldManager: fieldManager, fieldValidation: fieldValidation),
                operation: operation, repeatability: dryRun ? .always : .whenNotPerformed,
                body: ByteBuffer(bytes: body.bytes()), contentType: "application/json")
        ).object()
    }

    /// Replaces a whole object that has not changed since it was read.
    ///
    /// - Parameter body: with `metadata.resourceVersion`; without it some types would lose what others wrote.
    public func replace(
        _ type: ResourceType, namespace: String? = nil, name: String, body: JSON, subresource: Subresource? = nil,
        fieldManager: String? = nil, dryRun: Bool = false, fieldValidation: FieldValidation? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        let operation = operation("replace", type, namespace, name, subresource)
        try check(type, namespace: namespace, name: name, operation)
        guard let version = body.at("metadata", "resourceVersion")?.string, !version.isEmpty else {
            throw KubernetesError(
                .invalidRequest, operation: operation,
                message: "metadata.resourceVersion is missing; read the object, change it and send that")
        }
        return try await send(
            Outgoing(
                .PUT, type.path(namespace: namespace, name: name, subresource: subresource?.rawValue),
                query: query(dryRun: dryRun, fieldManager: fieldManager, fieldValidation: fieldValidation),
                operation: operation, repeatability: .always, body: ByteBuffer(bytes: body.bytes()),
                contentType: "application/json")
        ).object()
    }

    /// Changes the members of an object that the patch names (RFC 7386); null removes one.
    ///
    /// Sent twice only where the patch holds `metadata.resourceVersion`, or where it did nothing the first time.
    public func mergePatch(
        _ type: ResourceType, namespace: String? = nil, name: String, body: JSON, subresource: Subresource? = nil,
        fieldManager: String? = nil, dryRun: Bool = false, fieldValidation: FieldValidation? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        let operation = operation("patch", type, namespace, name, subresource)
        try check(type, namespace: namespace, name: name, operation)
        let guarded = body.at("metadata", "resourceVersion")?.string != nil
        return try await send(
            Outgoing(
                .PATCH, type.path(namespace: namespace, name: name, subresource: subresource?.rawValue),
                query: query(dryRun: dryRun, fieldManager: fieldManager, fieldValidation: fieldValidation),
                operation: operation, repeatability: guarded || dryRun ? .always : .whenNotPerformed,
                body: ByteBuffer(bytes: body.bytes()), contentType: "application/merge-patch+json")
        ).object()
    }

    /// Server-side apply: makes an object, or what a field manager says about it, equal to the body.
    ///
    /// - Parameter force: take fields from other managers instead of a ``KubernetesError/isFieldManagerConflict``.
    /// - Returns: the object, without `metadata.managedFields`.
    public func apply(
        _ type: ResourceType, namespace: String? = nil, name: String, body: JSON, subresource: Subresource? = nil,
        fieldManager: String, force: Bool = false, dryRun: Bool = false, fieldValidation: FieldValidation? = nil
    ) async throws(KubernetesError) -> KubernetesObject {
        try await apply(
            type, namespace: namespace, name: name, bytes: body.bytes(), subresource: subresource,
            fieldManager: fieldManager, force: force, dryRun: dryRun, fieldValidation: fieldValidation
        ).object(managedFields: false)
    }

    /// Server-side apply of a manifest that is JSON text already, with an answer that is not read unless asked for.
    public func apply(
        _ type: ResourceType, namespace: String? = nil, name: String, bytes: [UInt8],
        subresource: Subresource? = nil, fieldManager: String, force: Bool = false, dryRun: Bool = false,
        fieldValidation: FieldValidation? = nil
    ) async throws(KubernetesError) -> Reply {
        let operation = operation("apply", type, namespace, name, subresource)
        try check(type, namespace: namespace, name: name, operation)
        guard !fieldManager.isEmpty else {
            throw KubernetesError(.invalidRequest, operation: operation, message: "apply needs a field manager")
        }
        var query = query(dryRun: dryRun, fieldManager: fieldManager, fieldValidation: fieldValidation)
        query.add("force", if: force, "true")
        return try await send(
            Outgoing(
                .PATCH, type.path(namespace: namespace, name: name, subresource: subresource?.rawValue), query: query,
                operation: operation, repeatability: .always, body: ByteBuffer(bytes: bytes),
                contentType: "application/apply-patch+yaml"))
    }

    /// Deletes an object.
    ///
    /// Sent twice only with preconditions, so that it never meets an object made anew in between. After a connection
    /// that broke, a 404 or a 409 of the second time may speak of what the first one did.
    public func delete(
        _ type: ResourceType, namespace: String? = nil, name: String, preconditions: Preconditions? = nil,
        propagation: DeletePropagation? = nil, gracePeriodSeconds: Int? = nil, dryRun: Bool = false
    ) async throws(KubernetesError) -> DeleteResult {
        let operation = operation("delete", type, namespace, name)
        try check(type, namespace: namespace, name: name, operation)
        var body: JSON = ["apiVersion": "v1", "kind": "DeleteOptions"]
        var required: JSON = [:]
        if let uid = preconditions?.uid { required["uid"] = .string(uid) }
        if let version = preconditions?.resourceVersion { required["resourceVersion"] = .string(version) }
        let isGuarded = required.object?.isEmpty == false
        if isGuarded { body["preconditions"] = required }
        if let propagation { body["propagationPolicy"] = .string(propagation.rawValue) }
        if let gracePeriodSeconds { body["gracePeriodSeconds"] = .int(Int64(gracePeriodSeconds)) }
        if dryRun { body["dryRun"] = ["All"] }
        let answer = try await send(
            Outgoing(
                .DELETE, type.path(namespace: namespace, name: name), operation: operation,
                repeatability: isGuarded || dryRun ? .always : .whenNotPerformed,
                body: ByteBuffer(bytes: body.bytes()), contentType: "application/json")
        ).json()
        if answer["kind"]?.string == "Status" {
            return DeleteResult(object: nil, uid: answer.at("details", "uid")?.string ?? "")
        }
        let object = KubernetesObject(answer)
        return DeleteResult(object: object, uid: object.uid)
    }

    private func query(dryRun: Bool, fieldManager: String?, fieldValidation: FieldValidation?) -> Query {
        var query = Query()
        query.add("dryRun", if: dryRun, "All")
        query.add("fieldManager", fieldManager)
        query.add("fieldValidation", fieldValidation?.rawValue)
        return query
    }
}

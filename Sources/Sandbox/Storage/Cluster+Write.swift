import Foundation
import JSONValues

/// How a write is to be done.
struct WriteOptions: Sendable {
    var manager: String
    var isDryRun = false
    var force = false
    /// `Strict`, `Warn` or `Ignore`.
    var validation = "Warn"
    var isStatus = false
}

/// What a write has left.
struct WriteResult: Sendable {
    let object: JSON
    let isNew: Bool
    var warnings: [String] = []
}

extension Cluster {
    func create(
        _ kind: ResourceKind, namespace: String?, _ body: JSON, _ options: WriteOptions
    ) throws(StatusError) -> WriteResult {
        var object = body
        var metadata = object["metadata"] ?? [:]
        if let version = metadata["resourceVersion"]?.string, !version.isEmpty, version != "0" {
            throw StatusError(500, "", "resourceVersion should not be set on objects to be created")
        }
        if kind.isNamespaced {
            if let stated = metadata["namespace"]?.string, !stated.isEmpty, stated != namespace {
                throw .badRequest(
                    "the namespace of the provided object does not match the namespace sent on the request")
            }
            metadata["namespace"] = .string(namespace ?? "default")
        } else {
            metadata["namespace"] = nil
        }
        try requireNamespace(kind, namespace, creating: true, name: metadata["name"]?.string ?? "")
        if metadata["name"]?.string ?? "" == "", let prefix = metadata["generateName"]?.string, !prefix.isEmpty {
            let letters = Array("bcdfghjklmnpqrstvwxz2456789")
            metadata["name"] = .string(prefix + String((0..<5).compactMap { _ in letters.randomElement() }))
        }
        for field in ["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
            metadata[field] = nil
        }
        metadata["uid"] = .string(UUID().uuidString.lowercased())
        metadata["creationTimestamp"] = .string(timestamp)
        metadata["generation"] = kind.isCustom ? 1 : nil
        object["metadata"] = metadata
        if kind.hasStatus, kind != .definitions { object["status"] = nil }
        if kind == .namespaces {
            let name = metadata["name"]?.string ?? ""
            object = Cluster.labelled(object, as: name)
        }
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        let (checked, warnings) = try check(object, kind, options, isPatch: false)
        object = Cluster.withoutEmptyMaps(checked)
        let name = object.at("metadata", "name")?.string ?? ""
        if let existing = objects[kind]?[Cluster.key(kind.isNamespaced ? namespace : nil, name)] {
            throw .alreadyExists(kind, name, terminating: existing.at("metadata", "deletionTimestamp") != nil)
        }
        object = Managers.updated(
            from: nil, to: object, manager: options.manager, apiVersion: kind.apiVersion, subresource: "",
            time: timestamp, schema: Schema.of(kind))
        if kind == .namespaces {
            // Set by the server itself, so nobody's fields.
            object["spec"] = ["finalizers": ["kubernetes"]]
            object["status"] = ["phase": "Active"]
        }
        let stored = try store(object, over: nil, kind, options)
        if kind == .events { forgetOldEvents() }
        return WriteResult(object: stored, isNew: true, warnings: warnings)
    }

    /// Makes a namespace where it is not there yet.
    func makeNamespace(_ name: String) {
        guard objects[.namespaces]?[Cluster.key(nil, name)] == nil else { return }
        _ = try? create(
            .namespaces, namespace: nil, ["metadata": ["name": .string(name)]], WriteOptions(manager: "sandbox"))
    }

    /// Replaces an object, or its status.
    func replace(
        _ kind: ResourceKind, namespace: String?, name: String, _ body: JSON, _ options: WriteOptions
    ) throws(StatusError) -> WriteResult {
        let live = try get(kind, namespace: namespace, name: name)
        let stated = body.at("metadata", "resourceVersion")?.string ?? ""
        if stated.isEmpty || stated == "0", kind.isCustom || kind == .leases {
            throw .invalid(
                kind: kind.isCustom ? kind.plural : "leases", group: kind.group, name: name,
                [
                    .invalid(
                        "metadata.resourceVersion", kind.isCustom ? "0" : "\"\"", "must be specified for an update")
                ])
        }
        if !stated.isEmpty, stated != live.at("metadata", "resourceVersion")?.string { throw .modified(kind, name) }
        if let uid = body.at("metadata", "uid")?.string, !uid.isEmpty, uid != live.at("metadata", "uid")?.string {
            throw .conflict(
                kind, name,
                "StorageError: invalid object, Code: 4, Key: /registry/\(kind.group)/\(kind.plural)/\(namespace ?? "")/"
                    + "\(name), ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: "
                    + "\(uid), UID in object meta: \(live.at("metadata", "uid")?.string ?? "")")
        }
        return try update(kind, live: live, to: body, options, isPatch: false)
    }

    /// Applies a patch of one of the three kinds that custom resources take.
    func patch(
        _ kind: ResourceKind, namespace: String?, name: String, _ type: PatchType, _ body: JSON, _ options: WriteOptions
    ) throws(StatusError) -> WriteResult {
        let key = Cluster.key(kind.isNamespaced ? namespace : nil, name)
        let live = objects[kind]?[key]
        switch type {
        case .apply: return try apply(kind, namespace: namespace, name: name, live: live, body, options)
        case .json, .merge:
            guard let live else { throw .notFound(kind, name) }
            let patched = type == .merge ? Patches.merge(live, body) : try Patches.apply(body, to: live)
            if let stated = patched.at("metadata", "resourceVersion")?.string,
                stated != live.at("metadata", "resourceVersion")?.string
            {
                throw .modified(kind, name)
            }
            try checkIdentity(patched, kind, namespace: namespace, name: name)
            return try update(kind, live: live, to: patched, options, isPatch: true)
        }
    }

    private func apply(
        _ kind: ResourceKind, namespace: String?, name: String, live: JSON?, _ body: JSON, _ options: WriteOptions
    ) throws(StatusError) -> WriteResult {
        let (apiVersion, bodyKind) = (body["apiVersion"]?.string ?? "", body["kind"]?.string ?? "")
        guard apiVersion == kind.apiVersion, bodyKind == kind.kind else {
            throw .badRequest("invalid object type: \(apiVersion.isEmpty ? "/" : apiVersion), Kind=\(bodyKind)")
        }
        if let stated = body.at("metadata", "name")?.string, stated != name {
            throw .badRequest("the name of the object (\(stated)) does not match the name on the URL (\(name))")
        }
        if let stated = body.at("metadata", "namespace")?.string, stated != namespace, kind.isNamespaced {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        if body.at("metadata", "managedFields") != nil { throw .badRequest("metadata.managedFields must be nil") }
        let schema = Schema.of(kind)
        if live != nil, let problem = typedProblem(body, schema) {
            throw StatusError(
                500, "",
                "failed to create typed patch object (\(namespace.map { "\($0)/" } ?? "")\(name); \(kind.apiVersion), "
                    + "Kind=\(kind.kind)): \(problem)")
        }
        var configuration = body
        configuration["metadata"] = body["metadata"] ?? [:]
        configuration["metadata"]?["name"] = .string(name)
        if kind.isNamespaced { configuration["metadata"]?["namespace"] = .string(namespace ?? "default") }
        if kind.hasStatus, !options.isStatus { configuration["status"] = nil }
        let request = ServerSideApply.Request(
            configuration: configuration, manager: options.manager, force: options.force, apiVersion: kind.apiVersion,
            subresource: options.isStatus ? "status" : "", time: timestamp)
        guard let live else {
            if options.isStatus { throw .notFound(kind, name) }
            try requireNamespace(kind, namespace, creating: true, name: name)
            if let uid = body.at("metadata", "uid")?.string {
                throw .conflict(
                    kind, name,
                    "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
            }
            var object = try ServerSideApply.apply(request, to: nil, schema: schema)
            if kind == .namespaces { object = Cluster.labelled(object, as: name) }
            object["metadata"]?["resourceVersion"] = nil
            object["metadata"]?["uid"] = .string(UUID().uuidString.lowercased())
            object["metadata"]?["creationTimestamp"] = .string(timestamp)
            object["metadata"]?["generation"] = kind.isCustom ? 1 : nil
            let (checked, warnings) = try check(object, kind, options, isPatch: false)
            object = Cluster.withoutEmptyMaps(checked)
            return WriteResult(object: try store(object, over: nil, kind, options), isNew: true, warnings: warnings)
        }
        if let stated = body.at("metadata", "resourceVersion")?.string,
            stated != live.at("metadata", "resourceVersion")?.string
        {
            throw .modified(kind, name)
        }
        let applied = try ServerSideApply.apply(request, to: live, schema: schema)
        return try finish(kind, live: live, applied, options, isPatch: true)
    }

    /// - Throws: 400 or 422 where a patch would make another object of it.
    private func checkIdentity(
        _ object: JSON, _ kind: ResourceKind, namespace: String?, name: String
    ) throws(StatusError) {
        if let apiVersion = object["apiVersion"]?.string, apiVersion != kind.apiVersion, kind.isCustom {
            throw .invalid(
                kind: kind.kind, group: kind.group, name: name,
                [.invalid("apiVersion", "\"\(apiVersion)\"", "must be \(kind.apiVersion)")])
        }
        if let stated = object.at("metadata", "name")?.string, stated != name {
            throw .badRequest("the name of the object (\(stated)) does not match the name on the URL (\(name))")
        }
        if let stated = object.at("metadata", "namespace")?.string, kind.isNamespaced, stated != namespace {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// A namespace with the label that the server sets: its own name.
    private static func labelled(_ object: JSON, as name: String) -> JSON {
        var labels = object.at("metadata", "labels")?.object ?? [:]
        labels["kubernetes.io/metadata.name"] = .string(name)
        var object = object
        object["metadata"]?["labels"] = .object(labels)
        return object
    }

    /// Metadata without empty maps and lists, as Go's `omitempty` writes it.
    private static func withoutEmptyMaps(_ object: JSON) -> JSON {
        var object = object
        for field in ["labels", "annotations", "finalizers", "ownerReferences"] {
            guard let value = object.at("metadata", field) else { continue }
            if value.isNull || value.object?.isEmpty == true || value.array?.isEmpty == true {
                object["metadata"]?[field] = nil
            }
        }
        return object
    }

    /// What the typed form of an applied configuration does not know or has another type for.
    private func typedProblem(_ body: JSON, _ schema: Schema) -> String? {
        if let path = schema.pruned(body).dropped.first { return ".\(path): field not declared in schema" }
        guard let cause = schema.violations(body).first(where: { $0.reason == "FieldValueTypeInvalid" }),
            !cause.message.contains("\"null\"")
        else { return nil }
        let value = cause.field.split(separator: ".").reduce(Optional(body)) { $0?[String($1)] } ?? .null
        let expected = cause.message.split(separator: "of type ").last?.prefix { $0 != ":" } ?? ""
        return
            ".\(cause.field): expected \(expected == "object" ? "map" : String(expected)), got &{\(value.string ?? value.text())}"
    }

    private func update(
        _ kind: ResourceKind, live: JSON, to body: JSON, _ options: WriteOptions, isPatch: Bool
    ) throws(StatusError) -> WriteResult {
        var object = options.isStatus ? live : body
        if options.isStatus {
            object["status"] = body["status"]
            if let managed = body.at("metadata", "managedFields") { object["metadata"]?["managedFields"] = managed }
        } else if kind.hasStatus, kind != .definitions {
            object["status"] = live["status"]
        }
        object["apiVersion"] = .string(kind.apiVersion)
        object["kind"] = .string(kind.kind)
        if options.validation != "Strict" { object = Schema.of(kind).pruned(object).value }
        object = Cluster.withoutEmptyMaps(object)
        object = Managers.updated(
            from: live, to: object, manager: options.manager, apiVersion: kind.apiVersion,
            subresource: options.isStatus ? "status" : "", time: timestamp, schema: Schema.of(kind))
        return try finish(kind, live: live, object, options, isPatch: isPatch)
    }

    /// Checks a changed object, sets what only the server sets, and stores it.
    private func finish(
        _ kind: ResourceKind, live: JSON, _ body: JSON, _ options: WriteOptions, isPatch: Bool
    ) throws(StatusError) -> WriteResult {
        var object = body
        let name = live.at("metadata", "name")?.string ?? ""
        for field in ["uid", "name", "namespace"] where object.at("metadata", field) != live.at("metadata", field) {
            guard let stated = object.at("metadata", field)?.string, field == "uid" else { continue }
            let cause = StatusError.Cause.invalid("metadata.\(field)", "\"\(stated)\"", "field is immutable")
            // Custom resources are checked once as objects and once as custom resources.
            throw .invalid(
                kind: kind.kind, group: kind.group, name: name, kind.isCustom ? [cause, cause] : [cause])
        }
        for field in [
            "uid", "name", "namespace", "creationTimestamp", "generation", "deletionTimestamp",
            "deletionGracePeriodSeconds", "resourceVersion",
        ] {
            object["metadata"]?[field] = live.at("metadata", field)
        }
        if live.at("metadata", "deletionTimestamp") != nil {
            let before = live.at("metadata", "finalizers")?.array ?? []
            let new = (object.at("metadata", "finalizers")?.array ?? []).filter { !before.contains($0) }
            if !new.isEmpty {
                let list = new.map { $0.text() }.joined(separator: ", ")
                let cause = StatusError.Cause(
                    reason: "FieldValueForbidden",
                    message: "Forbidden: no new finalizers can be added if the object is being deleted, found new "
                        + "finalizers []string{\(list)}", field: "metadata.finalizers")
                throw .invalid(
                    kind: kind.kind, group: kind.group, name: name, kind.isCustom ? [cause, cause] : [cause])
            }
        }
        object["metadata"]?["selfLink"] = nil
        let (checked, warnings) = try check(object, kind, options, isPatch: isPatch)
        object = Cluster.withoutEmptyMaps(checked)
        if kind.isCustom, object["spec"] != live["spec"] {
            object["metadata"]?["generation"] = .int((live.at("metadata", "generation")?.int ?? 0) + 1)
        }
        if object == live { return WriteResult(object: live, isNew: false, warnings: warnings) }
        let stored = try store(object, over: live, kind, options)
        return WriteResult(object: stored, isNew: false, warnings: warnings)
    }

    /// Numbers an object and makes it what everybody sees; removes one that is being deleted and has no finalizer left.
    private func store(
        _ object: JSON, over live: JSON?, _ kind: ResourceKind, _ options: WriteOptions
    ) throws(StatusError) -> JSON {
        var object = object
        if let refusal = admission?(kind, object) {
            throw StatusError(
                admissionCode, admissionCode == 403 ? "Forbidden" : "BadRequest",
                "admission webhook \"sandbox.rampart.petuum.com\" denied the request: \(refusal)")
        }
        if options.isDryRun { return object }
        revision += 1
        object["metadata"]?["resourceVersion"] = .string(String(revision))
        let isGone =
            object.at("metadata", "deletionTimestamp") != nil
            && object.at("metadata", "finalizers")?.array?.isEmpty ?? true
        commit(
            Event(
                kind: isGone ? .deleted : live == nil ? .added : .modified, resource: kind, revision: revision,
                object: object, previous: live))
        return object
    }

    /// - Throws: 404 where the namespace does not exist, 403 where it is going away and something is created.
    private func requireNamespace(
        _ kind: ResourceKind, _ namespace: String?, creating: Bool, name: String
    ) throws(StatusError) {
        guard kind.isNamespaced, let namespace else { return }
        guard let object = objects[.namespaces]?[Cluster.key(nil, namespace)] else {
            throw .notFound(.namespaces, namespace)
        }
        if object.at("metadata", "deletionTimestamp") != nil {
            throw StatusError(
                403, "Forbidden",
                "\(kind.qualified) \"\(name)\" is forbidden: unable to create new content in namespace \(namespace) "
                    + "because it is being terminated", details: kind.details(name))
        }
    }

    private func check(
        _ object: JSON, _ kind: ResourceKind, _ options: WriteOptions, isPatch: Bool
    ) throws(StatusError) -> (JSON, [String]) {
        let schema = Schema.of(kind)
        let name = object.at("metadata", "name")?.string ?? ""
        let (pruned, dropped) = schema.pruned(object)
        if !dropped.isEmpty, options.validation == "Strict" {
            let list = dropped.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
            if isPatch {
                throw .invalid(
                    kind: kind.kind, group: kind.group, name: name,
                    [.invalid("patch", object.text(), "strict decoding error: \(list)")])
            }
            throw .badRequest(
                "\(kind.kind) in version \"\(kind.version)\" cannot be handled as a \(kind.kind): strict decoding "
                    + "error: \(list)")
        }
        let violations = schema.violations(pruned).map { options.isStatus ? $0.withinStatus : $0 }
        let events = kind == .events ? EventRules.violations(object) : []
        let causes = MetadataRules.violations(object, kind: kind) + violations + events
        if !causes.isEmpty { throw .invalid(kind: kind.kind, group: kind.group, name: name, causes) }
        return (pruned, options.validation == "Ignore" ? [] : dropped.map { "unknown field \"\($0)\"" })
    }
}

enum PatchType: Sendable { case json, merge, apply }

extension StatusError.Cause {
    /// As a write of `status` words it: its schema is checked by itself.
    fileprivate var withinStatus: StatusError.Cause {
        StatusError.Cause(reason: reason, message: message.replacing(": status.", with: ": "), field: field)
    }
}

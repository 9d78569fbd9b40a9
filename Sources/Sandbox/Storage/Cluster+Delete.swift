import JSONValues

/// What a deletion asks for.
struct DeleteOptions: Sendable {
    var isDryRun = false
    var uid: String?
    var resourceVersion: String?
    var propagation: String?
    /// The older form of `propagation`.
    var orphans: Bool?
}

extension Cluster {
    /// Deletes an object; with finalizers it is only marked, and goes when the last of them does.
    ///
    /// - Returns: the body of the answer: a `Status`, or the object where it is still there.
    func delete(
        _ kind: ResourceKind, namespace: String?, name: String, _ options: DeleteOptions
    ) throws(StatusError) -> JSON {
        let live = try get(kind, namespace: namespace, name: name)
        let uid = live.at("metadata", "uid")?.string ?? ""
        let version = live.at("metadata", "resourceVersion")?.string ?? ""
        if let wanted = options.uid, wanted != uid {
            throw precondition(
                kind, name,
                "the UID in the precondition (\(wanted)) does not match the UID in record (\(uid)). The object "
                    + "might have been deleted and then recreated")
        }
        if let wanted = options.resourceVersion, wanted != version {
            throw precondition(
                kind, name,
                "the ResourceVersion in the precondition (\(wanted)) does not match the ResourceVersion in record "
                    + "(\(version)). The object might have been modified")
        }
        var object = live
        if options.propagation == "Foreground" || options.propagation == "Orphan" {
            let finalizer: JSON = options.propagation == "Orphan" ? "orphan" : "foregroundDeletion"
            let present = object.at("metadata", "finalizers")?.array ?? []
            if !present.contains(finalizer) { object["metadata"]?["finalizers"] = .array(present + [finalizer]) }
        }
        let isHeld = object.at("metadata", "finalizers")?.array?.isEmpty == false || kind == .namespaces
        guard isHeld else {
            if !options.isDryRun {
                revision += 1
                object["metadata"]?["resourceVersion"] = .string(String(revision))
                commit(Event(kind: .deleted, resource: kind, revision: revision, object: object, previous: live))
                if kind == .definitions { forget(.rampartGraphs) }
            }
            return success(kind, name, uid)
        }
        if live.at("metadata", "deletionTimestamp") == nil {
            object["metadata"]?["deletionTimestamp"] = .string(timestamp)
            object["metadata"]?["deletionGracePeriodSeconds"] = 0
            if kind.isCustom {
                object["metadata"]?["generation"] = .int((live.at("metadata", "generation")?.int ?? 0) + 1)
            }
            if kind == .namespaces { object["status"] = ["phase": "Terminating"] }
        }
        if options.isDryRun || object == live { return object }
        revision += 1
        object["metadata"]?["resourceVersion"] = .string(String(revision))
        commit(Event(kind: .modified, resource: kind, revision: revision, object: object, previous: live))
        if kind == .namespaces { try empty(namespace: name) }
        return object
    }

    /// Deletes what lies in a namespace that goes away, then the namespace.
    private func empty(namespace: String) throws(StatusError) {
        for kind in ResourceKind.all where kind.isNamespaced {
            for object in (objects[kind] ?? [:]).values where object.at("metadata", "namespace")?.string == namespace {
                let name = object.at("metadata", "name")?.string ?? ""
                _ = try delete(kind, namespace: namespace, name: name, DeleteOptions())
            }
        }
        finishNamespaces()
    }

    /// Removes namespaces that are going away and have nothing in them any more.
    func finishNamespaces() {
        for (_, namespace) in objects[.namespaces] ?? [:] where namespace.at("metadata", "deletionTimestamp") != nil {
            let name = namespace.at("metadata", "name")?.string ?? ""
            let isEmpty = ResourceKind.all.filter(\.isNamespaced).allSatisfy { kind in
                !(objects[kind] ?? [:]).keys.contains { $0.hasPrefix("\(name)/") }
            }
            guard isEmpty else { continue }
            revision += 1
            var object = namespace
            object["metadata"]?["resourceVersion"] = .string(String(revision))
            object["spec"] = [:]
            commit(
                Event(kind: .deleted, resource: .namespaces, revision: revision, object: object, previous: namespace))
        }
    }

    private func success(_ kind: ResourceKind, _ name: String, _ uid: String) -> JSON {
        var details = kind.details(name)
        details["uid"] = .string(uid)
        return ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details]
    }

    private func precondition(_ kind: ResourceKind, _ name: String, _ why: String) -> StatusError {
        StatusError(
            409, "Conflict",
            "Operation cannot be fulfilled on \(kind.kind).\(kind.group) \"\(name)\": \(why)",
            details: ["name": .string(name), "group": .string(kind.group), "kind": .string(kind.kind)])
    }
}

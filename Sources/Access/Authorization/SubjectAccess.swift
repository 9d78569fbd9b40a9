import JSONValues

/// What the API server is asked in a SubjectAccessReview (`authorization.k8s.io/v1`), and what it answers.
enum SubjectAccess {
    static let group = "rampart.petuum.com"
    static let resource = "rampartgraphs"

    /// The verb of a permission. `*` is allowed only by a rule of RBAC that says `verbs: ["*"]`.
    static func verb(_ permission: Permission) -> String {
        switch permission {
        case .read, .metrics: "get"
        case .create: "create"
        case .save, .deploy: "update"
        case .delete: "delete"
        case .administer: "*"
        }
    }

    /// - Parameter verb: another verb than the permission's own, for lists.
    static func review(of caller: Caller, _ permission: Permission, in scope: Scope, verb: String? = nil) -> JSON {
        var spec: JSON = ["user": .string(caller.user), "groups": .array(caller.groups.map { .string($0) })]
        if let more = caller.kubernetes {
            if !more.uid.isEmpty { spec["uid"] = .string(more.uid) }
            if !more.extra.isEmpty {
                spec["extra"] = .object(
                    JSONObject(
                        pairs: more.extra.sorted { $0.key < $1.key }
                            .map { ($0.key, .array($0.value.map { .string($0) })) }))
            }
        }
        if permission == .metrics {
            spec["nonResourceAttributes"] = ["path": "/metrics", "verb": "get"]
        } else {
            var attributes: JSON = [
                "group": .string(group), "resource": .string(resource),
                "verb": .string(verb ?? Self.verb(permission)),
            ]
            if case .namespace(let name) = scope { attributes["namespace"] = .string(name) }
            spec["resourceAttributes"] = attributes
        }
        return ["apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec]
    }

    /// `denied` counts more than `allowed`, as webhooks in the chain of authorizers may say both.
    static func isAllowed(_ answer: JSON) -> Bool {
        answer.at("status", "allowed")?.bool == true && answer.at("status", "denied")?.bool != true
    }
}

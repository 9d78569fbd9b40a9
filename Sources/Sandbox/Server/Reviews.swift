import Foundation
import HTTPTypes
import JSONValues

/// Somebody whom the sandbox's reviews know.
public struct SandboxUser: Sendable {
    public var token: String
    public var name: String
    public var groups: [String]
    /// The audiences that the token is for.
    public var audiences: [String]

    public init(
        token: String, name: String, groups: [String] = [], audiences: [String] = ["https://kubernetes.default.svc"]
    ) {
        self.token = token
        self.name = name
        self.groups = groups
        self.audiences = audiences
    }
}

/// What somebody may do with RampartGraphs, as a Role that is bound says it.
public struct SandboxGrant: Sendable {
    /// The role and its binding, for the reason of an answer.
    public var role: String
    public var user: String
    /// nil is a ClusterRole that is bound for all namespaces.
    public var namespace: String?
    /// `*` is all.
    public var verbs: [String]

    public init(role: String, user: String, namespace: String?, verbs: [String]) {
        self.role = role
        self.user = user
        self.namespace = namespace
        self.verbs = verbs
    }

    func allows(_ verb: String, in place: String) -> Bool {
        (verbs.contains("*") || verbs.contains(verb)) && (namespace == nil || namespace == place)
    }

    var reason: String {
        guard let namespace else {
            return "RBAC: allowed by ClusterRoleBinding \"\(role)\" of ClusterRole \"\(role)\" to User \"\(user)\""
        }
        return "RBAC: allowed by RoleBinding \"\(role)/\(namespace)\" of Role \"\(role)\" to User \"\(user)\""
    }
}

/// TokenReview, SubjectAccessReview and SelfSubjectAccessReview, as kube-apiserver 1.36 answers them.
struct Reviews: Sendable {
    let options: SandboxOptions

    enum Kind: String {
        case tokens = "TokenReview"
        case access = "SubjectAccessReview"
        case ownAccess = "SelfSubjectAccessReview"

        var group: String { self == .tokens ? "authentication.k8s.io" : "authorization.k8s.io" }
        var plural: String { rawValue.lowercased() + "s" }
    }

    /// - Returns: nil where the path is that of no review.
    static func kind(_ path: [String]) -> Kind? {
        [Kind.tokens, .access, .ownAccess].first { path == ["apis", $0.group, "v1", $0.plural] }
    }

    /// The body of a 201.
    func answer(
        _ kind: Kind, _ method: HTTPRequest.Method, _ authorization: String?, agent: String, _ bytes: [UInt8]
    ) throws(StatusError) -> JSON {
        guard method == .post else {
            throw StatusError(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                details: [:])
        }
        let asking = options.users.first { authorization == "Bearer \($0.token)" }
        try check(kind, asking)
        guard let body = try? JSON(parsing: bytes) else { throw .badRequest("the object provided is unrecognized") }
        let spec = body["spec"] ?? [:]
        let status: JSON
        switch kind {
        case .tokens: status = try tokens(spec)
        case .access:
            let user = spec["user"]?.string ?? ""
            let groups = spec["groups"]?.array?.compactMap(\.string) ?? []
            try Self.checkAttributes(spec)
            if user.isEmpty, groups.isEmpty {
                throw Self.invalid(
                    "spec.user", "Invalid value: \"\": at least one of user or group must be specified")
            }
            status = access(spec, user: user, groups: groups)
        case .ownAccess:
            try Self.checkAttributes(spec)
            status = access(spec, user: asking?.name ?? "", groups: asking?.groups ?? [])
        }
        let fields: JSON = ["f:spec": Self.fields(spec, isRoot: true)]
        let manager: JSON = [
            "manager": .string(String(agent.prefix { $0 != "/" })), "operation": "Update",
            "apiVersion": .string("\(kind.group)/v1"),
            "time": .string(options.now().formatted(.iso8601)), "fieldsType": "FieldsV1", "fieldsV1": fields,
        ]
        return [
            "kind": .string(kind.rawValue), "apiVersion": .string("\(kind.group)/v1"),
            "metadata": ["managedFields": [manager]], "spec": spec, "status": status,
        ]
    }

    /// Where the sandbox knows users, only those in `system:masters` may ask about others.
    private func check(_ kind: Kind, _ asking: SandboxUser?) throws(StatusError) {
        guard !options.users.isEmpty else { return }
        if kind == .ownAccess, asking != nil { return }
        if asking?.groups.contains("system:masters") == true { return }
        let name = asking?.name ?? "system:anonymous"
        throw StatusError(
            403, "Forbidden",
            "\(kind.plural).\(kind.group) is forbidden: User \"\(name)\" cannot create resource \"\(kind.plural)\" "
                + "in API group \"\(kind.group)\" at the cluster scope",
            details: ["group": .string(kind.group), "kind": .string(kind.plural)])
    }

    private func tokens(_ spec: JSON) throws(StatusError) -> JSON {
        guard let token = spec["token"]?.string, !token.isEmpty else {
            throw .badRequest("token is required for TokenReview in authentication")
        }
        let wanted = spec["audiences"]?.array?.compactMap(\.string) ?? ["https://kubernetes.default.svc"]
        guard let user = options.users.first(where: { $0.token == token }) else {
            return ["user": [:], "error": "invalid bearer token"]
        }
        let audiences = wanted.filter(user.audiences.contains)
        guard !audiences.isEmpty else { return ["user": [:], "error": "invalid bearer token"] }
        return [
            "authenticated": true,
            "user": [
                "username": .string(user.name), "uid": .string(user.name + "-uid"),
                "groups": .array((user.groups + ["system:authenticated"]).map { .string($0) }),
            ],
            "audiences": .array(audiences.map { .string($0) }),
        ]
    }

    private func access(_ spec: JSON, user: String, groups: [String]) -> JSON {
        if groups.contains("system:masters") { return ["allowed": true] }
        guard let attributes = spec["resourceAttributes"], attributes["subresource"] == nil,
            attributes["group"]?.string == "rampart.petuum.com", attributes["resource"]?.string == "rampartgraphs"
        else { return ["allowed": false] }
        let (verb, place) = (attributes["verb"]?.string ?? "", attributes["namespace"]?.string ?? "")
        guard let grant = options.grants.first(where: { $0.user == user && $0.allows(verb, in: place) }) else {
            return ["allowed": false]
        }
        return ["allowed": true, "reason": .string(grant.reason)]
    }

    private static func checkAttributes(_ spec: JSON) throws(StatusError) {
        switch (spec["resourceAttributes"], spec["nonResourceAttributes"]) {
        case (nil, nil):
            throw invalid(
                "spec.resourceAttributes",
                "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified")
        case (_?, let other?):
            let text = "{\"Path\":\"\(other["path"]?.string ?? "")\",\"Verb\":\"\(other["verb"]?.string ?? "")\"}"
            throw invalid(
                "spec.nonResourceAttributes",
                "Invalid value: \(text): cannot be specified in combination with resourceAttributes")
        default: return
        }
    }

    private static func invalid(_ field: String, _ message: String) -> StatusError {
        StatusError(
            422, "Invalid", ".authorization.k8s.io \"\" is invalid: \(field): \(message)",
            details: [
                "group": "authorization.k8s.io",
                "causes": [["reason": "FieldValueInvalid", "message": .string(message), "field": .string(field)]],
            ])
    }

    /// The fields that a body sets, as managed fields name them.
    private static func fields(_ json: JSON, isRoot: Bool = false) -> JSON {
        guard let object = json.object else { return [:] }
        var fields = JSONObject()
        if !isRoot { fields["."] = [:] }
        for (name, value) in object { fields["f:\(name)"] = Self.fields(value) }
        return .object(fields)
    }
}

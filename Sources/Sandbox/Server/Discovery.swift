import JSONValues

/// What the server says of itself: groups, resources, OpenAPI.
enum Discovery {
    static let version: JSON = [
        "major": "1", "minor": "36", "gitVersion": "v1.36.0+rampart-sandbox", "gitCommit": "", "gitTreeState": "",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "linux/amd64",
    ]

    /// The answer for a path below `/api`, `/apis`, `/openapi`; nil where there is none.
    static func answer(_ path: [String], aggregated: Bool) -> JSON? {
        switch path {
        case ["version"]: version
        case ["api"] where aggregated: groupDiscovery([""])
        case ["apis"] where aggregated: groupDiscovery(groups)
        case ["api"]: ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
        case ["apis"]: ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map(group))]
        case ["api", "v1"]: resourceList("", "v1")
        case ["openapi", "v3"]: openAPIIndex
        default:
            if path.first == "apis", path.count == 2, groups.contains(path[1]) {
                group(path[1]).merging(["kind": "APIGroup", "apiVersion": "v1"])
            } else if path.first == "apis", path.count == 3, kinds(path[1]).contains(where: { $0.version == path[2] }) {
                resourceList(path[1], path[2])
            } else if path.starts(with: ["openapi", "v3"]) {
                openAPI(Array(path.dropFirst(2)))
            } else {
                nil
            }
        }
    }

    private static let groups = ["apiextensions.k8s.io", "coordination.k8s.io", "rampart.petuum.com"]

    private static func kinds(_ group: String) -> [ResourceKind] { ResourceKind.all.filter { $0.group == group } }

    private static func version(_ group: String) -> String { kinds(group).first?.version ?? "v1" }

    private static func group(_ name: String) -> JSON {
        let version: JSON = [
            "groupVersion": .string("\(name)/\(version(name))"), "version": .string(self.version(name)),
        ]
        return ["name": .string(name), "versions": [version], "preferredVersion": version]
    }

    static let verbs: JSON = [
        "delete", "deletecollection", "get", "list", "patch", "create", "update", "watch",
    ]

    private static func resourceList(_ group: String, _ version: String) -> JSON {
        var resources: [JSON] = []
        for kind in kinds(group) {
            var resource: JSON = [
                "name": .string(kind.plural), "singularName": .string(kind.singular),
                "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind), "verbs": verbs,
            ]
            if !kind.shortNames.isEmpty { resource["shortNames"] = .array(kind.shortNames.map(JSON.string)) }
            resources.append(resource)
            if kind.hasStatus {
                resources.append([
                    "name": .string("\(kind.plural)/status"), "singularName": "",
                    "namespaced": .bool(kind.isNamespaced), "kind": .string(kind.kind),
                    "verbs": ["get", "patch", "update"],
                ])
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"), "resources": .array(resources),
        ]
    }

    /// `apidiscovery.k8s.io/v2`: all groups with their resources in one answer.
    private static func groupDiscovery(_ names: [String]) -> JSON {
        let items = names.map { name -> JSON in
            let resources = kinds(name).map { kind -> JSON in
                var resource: JSON = [
                    "resource": .string(kind.plural),
                    "responseKind": [
                        "group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind),
                    ],
                    "scope": .string(kind.isNamespaced ? "Namespaced" : "Cluster"),
                    "singularResource": .string(kind.singular), "verbs": verbs,
                ]
                if !kind.shortNames.isEmpty { resource["shortNames"] = .array(kind.shortNames.map(JSON.string)) }
                if kind.hasStatus {
                    resource["subresources"] = [
                        [
                            "subresource": "status",
                            "responseKind": [
                                "group": .string(kind.group), "version": .string(kind.version),
                                "kind": .string(kind.kind),
                            ], "verbs": ["get", "patch", "update"],
                        ]
                    ]
                }
                return resource
            }
            return [
                "metadata": name.isEmpty ? [:] : ["name": .string(name)],
                "versions": [
                    ["version": .string(version(name)), "resources": .array(resources), "freshness": "Current"]
                ],
            ]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(items),
        ]
    }

    // MARK: - OpenAPI v3, as far as kubectl's validation and `explain` read it

    private static let openAPIIndex: JSON = {
        var paths: JSON = [:]
        for group in [""] + groups {
            let path = group.isEmpty ? "api/v1" : "apis/\(group)/\(version(group))"
            paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=1")]
        }
        return ["paths": paths]
    }()

    private static func openAPI(_ path: [String]) -> JSON? {
        let group = path == ["api", "v1"] ? "" : path.count == 3 ? path[1] : nil
        guard let group, group.isEmpty || groups.contains(group) else { return nil }
        var paths: JSON = [:]
        var schemas: JSON = [:]
        for kind in kinds(group) {
            let identity: JSON = [
                "group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind),
            ]
            let base = group.isEmpty ? "/api/v1" : "/apis/\(group)/\(kind.version)"
            let scope = kind.isNamespaced ? "/namespaces/{namespace}" : ""
            let validation: JSON = [
                ["name": "fieldValidation", "in": "query", "schema": ["type": "string", "uniqueItems": true]]
            ]
            func operation(_ action: String) -> JSON {
                [
                    "x-kubernetes-action": .string(action), "x-kubernetes-group-version-kind": identity,
                    "parameters": validation,
                ]
            }
            paths["\(base)\(scope)/\(kind.plural)"] = ["post": operation("post")]
            paths["\(base)\(scope)/\(kind.plural)/{name}"] = ["patch": operation("patch"), "put": operation("put")]
            var schema: JSON =
                kind.isCustom
                ? CustomResourceDefinition.schema : ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
            var properties = schema["properties"] ?? [:]
            properties["apiVersion"] = ["type": "string"]
            properties["kind"] = ["type": "string"]
            properties["metadata"] = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
            schema["properties"] = properties
            schema["x-kubernetes-group-version-kind"] = [identity]
            let reversed = kind.group.split(separator: ".").reversed().joined(separator: ".")
            schemas["\(reversed.isEmpty ? "io.k8s.api.core" : reversed).\(kind.version).\(kind.kind)"] = schema
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.36.0"], "paths": paths,
            "components": ["schemas": schemas],
        ]
    }
}

extension JSON {
    fileprivate func merging(_ other: JSONObject) -> JSON {
        var result = other
        for (key, value) in object ?? [:] { result[key] = value }
        return .object(result)
    }
}

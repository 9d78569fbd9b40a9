import Foundation

/// What a request is about: a kind of object, perhaps a namespace, a name, a subresource.
struct Target: Sendable {
    let kind: ResourceKind
    let namespace: String?
    let name: String?
    let subresource: String?

    /// Reads a path such as `/apis/rampart.petuum.com/v1beta2/namespaces/default/rampartgraphs/demo/status`.
    init?(path: [String]) {
        var rest = path[...]
        let group: String
        let version: String
        if rest.first == "api", rest.count >= 2 {
            group = ""
            version = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        } else if rest.first == "apis", rest.count >= 3 {
            group = rest[rest.startIndex + 1]
            version = rest[rest.startIndex + 2]
            rest = rest.dropFirst(3)
        } else {
            return nil
        }
        var namespace: String?
        func find(_ plural: String) -> ResourceKind? {
            ResourceKind.all.first { $0.group == group && $0.version == version && $0.plural == plural }
        }
        if rest.first == "namespaces", rest.count >= 3, find(rest[rest.startIndex + 2])?.isNamespaced == true {
            let name = rest[rest.startIndex + 1]
            namespace = name.isEmpty ? nil : name
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.first, let kind = find(plural) else { return nil }
        rest = rest.dropFirst()
        self.kind = kind
        self.namespace = namespace
        name = rest.first
        rest = rest.dropFirst()
        subresource = rest.first
        guard rest.count <= 1, subresource == nil || kind.isCustom || (subresource == "status" && kind.hasStatus)
        else { return nil }
    }
}

/// A query's parameters; of one that stands twice the first counts.
struct Query: Sendable {
    private let values: [String: String]

    init(_ text: String) {
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = Query.decoded(parts[0])
            if values[key] == nil { values[key] = parts.count > 1 ? Query.decoded(parts[1]) : "" }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    func isTrue(_ name: String) -> Bool { ["true", "True", "1", "t", "T", "TRUE"].contains(values[name]) }

    private static func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? String(text)
    }
}

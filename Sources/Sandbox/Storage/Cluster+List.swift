import Foundation
import JSONValues

/// What a list asks for.
struct ListOptions: Sendable {
    var namespace: String?
    var labels: Selector
    var fields: Selector
    var limit: Int
    /// The token of an earlier page: revision and last key.
    var continuation: String?

    func matches(_ object: JSON) -> Bool {
        (namespace == nil || object.at("metadata", "namespace")?.string == namespace)
            && labels.matches(labels: object) && fields.matches(fields: object)
    }
}

/// One page of a list.
struct ListPage: Sendable {
    let items: [JSON]
    let revision: Int
    let continuation: String
    let remaining: Int?
}

extension Cluster {
    /// The objects of a kind in the order of the bytes of `namespace/name`.
    func list(_ kind: ResourceKind, _ options: ListOptions) throws(StatusError) -> ListPage {
        var after: String?
        if let token = options.continuation {
            guard let data = Data(base64Encoded: token), let json = try? JSON(parsing: Array(data)),
                let start = json["start"]?.string, let at = json["rv"]?.int
            else { throw .badRequest("continue key is not valid") }
            if at < compacted {
                throw StatusError(
                    410, "Expired",
                    "The provided continue parameter is too old to display a consistent list result. You can start a "
                        + "new list without the continue parameter, or use the continue token in this response to "
                        + "retrieve the remainder of the results.")
            }
            after = start
        }
        let all = objects[kind] ?? [:]
        let keys = all.keys.filter { key in after.map { $0.utf8.lexicographicallyPrecedes(key.utf8) } ?? true }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var items: [JSON] = []
        var continuation = ""
        for (index, key) in keys.enumerated() {
            guard let object = all[key], options.matches(object) else { continue }
            items.append(object)
            if options.limit > 0, items.count == options.limit {
                let rest = keys[(index + 1)...].contains { all[$0].map(options.matches) ?? false }
                if rest {
                    let token: JSON = ["v": "meta.k8s.io/v1", "rv": .int(Int64(revision)), "start": .string(key)]
                    continuation = Data(token.bytes()).base64EncodedString()
                }
                break
            }
        }
        let isFiltered = !options.labels.isEmpty || !options.fields.isEmpty
        let remaining = continuation.isEmpty || isFiltered ? nil : keys.count - items.count
        return ListPage(items: items, revision: revision, continuation: continuation, remaining: remaining)
    }
}

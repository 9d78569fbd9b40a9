import JSONValues

extension Check {
    /// One flow.
    mutating func flow(_ value: JSON, _ path: [String]) {
        guard let flow = object(value, path, required: true) else { return }
        onlyMembers(flow, ["type", "config", "namespace", "$ui"], path)
        _ = object(flow["$ui"], path + ["$ui"], required: false)
        label(flow["namespace"], path + ["namespace"], "a namespace", required: false)
        let types = ["volume", "pulsar", "repository"]
        guard let type = text(flow["type"], path + ["type"], Check.oneOf(types), required: true) else { return }
        guard types.contains(type) else {
            refuse(path + ["type"], "expected \(Check.oneOf(types)), found \"\(type.excerpt())\"")
            return
        }
        let configPath = path + ["config"]
        let config = object(flow["config"], configPath, required: false) ?? [:]
        switch type {
        case "volume":
            onlyMembers(config, ["size", "reclaimPolicy"], configPath)
            size(config["size"], configPath + ["size"])
            reclaimPolicy(config["reclaimPolicy"], configPath + ["reclaimPolicy"])
        case "repository":
            repository(config, configPath)
        default:
            onlyMembers(config, [], configPath)
        }
    }

    private mutating func repository(_ config: JSONObject, _ path: [String]) {
        let kinds = ["git", "dvc"]
        let kind = text(config["kind"], path + ["kind"], Check.oneOf(kinds), required: false) ?? "git"
        guard kinds.contains(kind) else {
            refuse(path + ["kind"], "expected \(Check.oneOf(kinds)), found \"\(kind.excerpt())\"")
            return
        }
        var allowed: Set<String> = ["kind", "size", "reclaimPolicy", "url", "branch", "secret"]
        if kind == "dvc" { allowed.formUnion(["storage", "bucket", "endpoint", "region", "path"]) }
        onlyMembers(config, allowed, path)
        size(config["size"], path + ["size"])
        reclaimPolicy(config["reclaimPolicy"], path + ["reclaimPolicy"])
        for field in ["url", "branch", "secret", "bucket", "endpoint", "region", "path"] {
            text(config[field], path + [field], "a text", required: false)
        }
        if let storage = config["storage"], storage != "s3" {
            refuse(path + ["storage"], "expected s3, the only storage of a dvc repository\(Check.found(storage))")
        }
    }

    private mutating func size(_ value: JSON?, _ path: [String]) {
        switch value {
        case .none: return
        case .int(let number)? where number > 0: return
        case .string(let text)? where Quantity.isValid(text): return
        case .some(let other): refuse(path, "expected a size such as 10Gi\(Check.found(other))")
        }
    }

    private mutating func reclaimPolicy(_ value: JSON?, _ path: [String]) {
        guard let value else { return }
        if value != "Retain", value != "Delete" { refuse(path, "expected Retain or Delete\(Check.found(value))") }
    }
}

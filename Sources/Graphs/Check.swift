import JSONValues

/// Checks what the Rampart controller checks without looking at charts, and collects everything that is wrong.
struct Check {
    private(set) var findings = Findings()

    mutating func refuse(_ path: @autoclosure () -> [String], _ message: @autoclosure () -> String) {
        findings.refuse(path(), message())
    }

    /// A whole manifest.
    mutating func manifest(_ json: JSON) {
        guard let object = json.object else {
            refuse([], "expected a RampartGraph manifest, found \(json.kindName)")
            return
        }
        onlyMembers(object, ["apiVersion", "kind", "metadata", "spec", "status"], [])
        let version = object["apiVersion"]?.string
        if version != Manifest.apiVersion, version != "rampart.petuum.com/v1beta1" {
            refuse(
                object.contains("apiVersion") ? ["apiVersion"] : [],
                "expected apiVersion: \(Manifest.apiVersion)\(Check.found(object["apiVersion"]))")
        }
        if object["kind"]?.string != Manifest.kind {
            refuse(
                object.contains("kind") ? ["kind"] : [], "expected kind: \(Manifest.kind)\(Check.found(object["kind"]))"
            )
        }
        metadata(object["metadata"])
        guard let spec = self.object(object["spec"], ["spec"], required: true) else { return }
        onlyMembers(spec, ["graph", "deploy"], ["spec"])
        if let deploy = spec["deploy"], deploy.bool == nil {
            refuse(["spec", "deploy"], "expected true or false, found \(deploy.kindName)")
        }
        if let graph = self.object(spec["graph"], ["spec", "graph"], required: true) { self.graph(graph) }
    }

    private mutating func metadata(_ value: JSON?) {
        guard let metadata = object(value, ["metadata"], required: true) else { return }
        label(metadata["name"], ["metadata", "name"], "a name", required: true)
        label(metadata["namespace"], ["metadata", "namespace"], "a namespace", required: false)
        for field in ["labels", "annotations"] {
            for (key, value) in object(metadata[field], ["metadata", field], required: false) ?? [:]
            where value.string == nil {
                refuse(["metadata", field, key], "expected a text, found \(value.kindName); write it in quotes")
            }
        }
    }

    private mutating func graph(_ graph: JSONObject) {
        let path = ["spec", "graph"]
        onlyMembers(graph, ["components", "flows"], path)
        let components = object(graph["components"], path + ["components"], required: true) ?? [:]
        let flows = object(graph["flows"], path + ["flows"], required: true) ?? [:]
        names(components, flows)
        for (name, value) in flows { flow(value, path + ["flows", name]) }
        let types = flows.reduce(into: [String: String]()) { $0[$1.key] = $1.value["type"]?.string ?? "" }
        for (name, value) in components {
            component(value, path + ["components", name], flows: types, components: components)
        }
        namespaces(components)
    }

    /// Component and flow names share one space, also after `_` becomes `-`, as they do in names of the cluster.
    private mutating func names(_ components: JSONObject, _ flows: JSONObject) {
        var seen: [String: String] = [:]
        for (kind, object) in [("components", components), ("flows", flows)] {
            for name in object.keys {
                let path = ["spec", "graph", kind, name]
                let inCluster = name.replacing("_", with: "-")
                if !DNSLabel.isValid(inCluster) {
                    refuse(path, "the name \"\(name.excerpt())\" does not fit: \(DNSLabel.rule)")
                }
                if kind == "components", inCluster == "rampart-flows" {
                    refuse(path, "rampart-flows is the flows' own component; choose another name")
                }
                if let other = seen[inCluster] {
                    refuse(
                        path,
                        "\(other.excerpt()) has the same name in the cluster (\(inCluster.excerpt())); choose another name"
                    )
                } else {
                    seen[inCluster] = "\(kind == "flows" ? "the flow" : "the component") \(name)"
                }
            }
        }
    }

    private mutating func namespaces(_ components: JSONObject) {
        var seen: [String: String] = [:]
        for (name, component) in components {
            guard let namespace = component["namespace"]?.string else { continue }
            if let other = seen[namespace] {
                refuse(
                    ["spec", "graph", "components", name, "namespace"],
                    "the component \(other.excerpt()) is in the namespace \(namespace.excerpt()) already; two do not share one"
                )
            }
            seen[namespace] = name
        }
    }

    // MARK: - Parts

    /// The members of an object; a finding where it is something else.
    mutating func object(_ value: JSON?, _ path: [String], required: Bool) -> JSONObject? {
        switch value {
        case .object(let object)?: return object
        case .none:
            if required { refuse(path, "expected an object, found nothing") }
        case .some(let other):
            if required || !other.isNull { refuse(path, "expected an object, found \(other.kindName)") }
        }
        return nil
    }

    mutating func onlyMembers(_ object: JSONObject, _ allowed: Set<String>, _ path: [String]) {
        for key in object.keys where !allowed.contains(key) {
            refuse(path + [key], "unknown field; expected one of \(allowed.sorted().joined(separator: ", "))")
        }
    }

    /// A text; a finding where it is missing, empty or something else.
    @discardableResult
    mutating func text(_ value: JSON?, _ path: [String], _ what: String, required: Bool) -> String? {
        switch value {
        case .string(let text)? where !text.isEmpty: return text
        case .none:
            if required { refuse(path, "expected \(what), found nothing") }
        case .some(let other): refuse(path, "expected \(what)\(Check.found(other))")
        }
        return nil
    }

    mutating func label(_ value: JSON?, _ path: [String], _ what: String, required: Bool) {
        guard let text = text(value, path, what, required: required) else { return }
        if !DNSLabel.isValid(text) { refuse(path, "expected \(what) of \(DNSLabel.rule), found \"\(text.excerpt())\"") }
    }

    static func found(_ value: JSON?) -> String {
        switch value {
        case .none: ", found nothing"
        case .string(let text)?: ", found \"\(text.excerpt())\""
        case .some(let other): ", found \(other.kindName)"
        }
    }
}

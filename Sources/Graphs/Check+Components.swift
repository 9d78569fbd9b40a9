import JSONValues

extension Check {
    private static let fields: Set<String> = [
        "chart", "config", "inputs", "outputs", "type", "namespace", "needs", "ingressNeeded", "auxConfig", "$ui",
    ]

    /// One component.
    mutating func component(
        _ value: JSON, _ path: [String], flows: [String: String], components: JSONObject
    ) {
        guard let component = object(value, path, required: true) else { return }
        onlyMembers(component, Check.fields, path)
        chart(component["chart"], path + ["chart"])
        for field in ["config", "auxConfig", "$ui"] {
            _ = object(component[field], path + [field], required: false)
        }
        text(component["type"], path + ["type"], "a component type", required: false)
        label(component["namespace"], path + ["namespace"], "a namespace", required: false)
        if let value = component["ingressNeeded"], value.bool == nil {
            refuse(path + ["ingressNeeded"], "expected true or false, found \(value.kindName)")
        }
        needs(component["needs"], path + ["needs"], components)
        edges(component, path, flows)
    }

    private mutating func chart(_ value: JSON?, _ path: [String]) {
        guard let chart = object(value, path, required: true) else { return }
        onlyMembers(chart, ["repo", "name", "version", "secret"], path)
        text(chart["repo"], path + ["repo"], "a chart repository", required: true)
        text(chart["name"], path + ["name"], "a chart's name", required: true)
        text(chart["secret"], path + ["secret"], "a Secret's name", required: false)
        if let version = text(
            chart["version"], path + ["version"], "latest or a version such as 1.2.3", required: false),
            version != "latest", !SemanticVersion.isValid(version)
        {
            refuse(path + ["version"], "expected latest or a version such as 1.2.3 (semver.org), found \"\(version)\"")
        }
    }

    private mutating func needs(_ value: JSON?, _ path: [String], _ components: JSONObject) {
        guard let value, !value.isNull else { return }
        guard let names = value.array else {
            refuse(path, "expected a list of component names, found \(value.kindName)")
            return
        }
        for (index, name) in names.enumerated() {
            let path = path + [String(index)]
            guard let name = text(name, path, "a component's name", required: true) else { continue }
            if !components.contains(name) {
                refuse(path, "there is no component \"\(name)\"; expected \(Check.oneOf(components.keys))")
            }
        }
    }

    /// Inputs and outputs: their names share one space, and no mount lies inside another.
    private mutating func edges(_ component: JSONObject, _ path: [String], _ flows: [String: String]) {
        var names: [String: String] = [:]
        var mounts: [(edge: [String], path: [Substring])] = []
        for direction in ["inputs", "outputs"] {
            for (name, value) in object(component[direction], path + [direction], required: false) ?? [:] {
                let edgePath = path + [direction, name]
                let inCluster = name.replacing("_", with: "-")
                if !DNSLabel.isValid(inCluster) {
                    refuse(edgePath, "the name \"\(name)\" does not fit: \(DNSLabel.rule)")
                }
                if let other = names[inCluster] {
                    refuse(edgePath, "the edge \(other) has the same name; choose another")
                }
                names[inCluster] = "\(direction).\(name)"
                guard let mount = edge(name, value, edgePath, flows) else { continue }
                let parts = mount.split(separator: "/")
                for other in mounts where other.path.starts(with: parts) || parts.starts(with: other.path) {
                    refuse(
                        edgePath,
                        "its mount path /\(parts.joined(separator: "/")) and that of \(other.edge.suffix(2).joined(separator: ".")), "
                            + "/\(other.path.joined(separator: "/")), lie in one another")
                }
                mounts.append((edgePath, parts))
            }
        }
    }

    /// One edge.
    /// - Returns: the path at which it is mounted; nil where nothing is.
    private mutating func edge(_ name: String, _ value: JSON, _ path: [String], _ flows: [String: String]) -> String? {
        guard let edge = object(value, path, required: true) else { return nil }
        onlyMembers(edge, ["type", "flow", "config"], path)
        let types = ["volume", "pulsar", "repository"]
        let type = text(edge["type"], path + ["type"], Check.oneOf(types), required: true)
        if let type, !types.contains(type) {
            refuse(path + ["type"], "expected \(Check.oneOf(types)), found \"\(type)\"")
        }
        if let flow = text(edge["flow"], path + ["flow"], "the name of a flow", required: true) {
            if let flowType = flows[flow] {
                if let type, types.contains(type), flowType != type, types.contains(flowType) {
                    refuse(path + ["flow"], "the flow \"\(flow)\" is a \(flowType) flow, expected a \(type) flow")
                }
            } else {
                refuse(path + ["flow"], "there is no flow \"\(flow)\"; expected \(Check.oneOf(flows.keys.sorted()))")
            }
        }
        let config = object(edge["config"], path + ["config"], required: false) ?? [:]
        guard type == "volume" || type == "repository" else {
            if type == "pulsar" { onlyMembers(config, [], path + ["config"]) }
            return nil
        }
        onlyMembers(config, ["mountPath"], path + ["config"])
        guard let mount = config["mountPath"] else { return "/\(name)" }
        guard let mount = mount.string, mount.hasPrefix("/"), mount != "/", !mount.split(separator: "/").contains("..")
        else {
            refuse(
                path + ["config", "mountPath"], "expected an absolute path such as /data, without ..\(found(mount))")
            return nil
        }
        return mount
    }

    static func oneOf(_ names: [String]) -> String {
        names.isEmpty ? "none, as there are none" : "one of \(names.joined(separator: ", "))"
    }
}

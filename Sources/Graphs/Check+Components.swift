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
            refuse(
                path + ["version"],
                "expected latest or a version such as 1.2.3 (semver.org), found \"\(version.excerpt())\"")
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
                refuse(path, "there is no component \"\(name.excerpt())\"; expected \(Check.oneOf(components.keys))")
            }
        }
    }

    /// Inputs and outputs: their names share one space, and no mount lies inside another.
    private mutating func edges(_ component: JSONObject, _ path: [String], _ flows: [String: String]) {
        var names: [String: String] = [:]
        var mounts: [Mount] = []
        for direction in ["inputs", "outputs"] {
            for (name, value) in object(component[direction], path + [direction], required: false) ?? [:] {
                let edgePath = path + [direction, name]
                let inCluster = name.replacing("_", with: "-")
                if !DNSLabel.isValid(inCluster) {
                    refuse(edgePath, "the name \"\(name.excerpt())\" does not fit: \(DNSLabel.rule)")
                }
                if let other = names[inCluster] {
                    refuse(edgePath, "the edge \(other.excerpt()) has the same name; choose another")
                }
                names[inCluster] = "\(direction).\(name)"
                guard let mount = edge(name, value, edgePath, flows) else { continue }
                mounts.append(Mount(edge: edgePath, parts: mount.split(separator: "/"), order: mounts.count))
            }
        }
        apart(mounts)
    }

    /// Where an edge is mounted.
    private struct Mount {
        let edge: [String]
        let parts: [Substring]
        /// The how manyth of its component it is.
        let order: Int

        var path: String { "/\(parts.joined(separator: "/"))".excerpt() }
    }

    /// No mount lies in another: each is held against the nearest around it, which is among those just before it once
    /// they are in the order of their paths.
    private mutating func apart(_ mounts: [Mount]) {
        var around: [Mount] = []
        let inOrder = mounts.sorted {
            $0.parts == $1.parts ? $0.order < $1.order : $0.parts.lexicographicallyPrecedes($1.parts)
        }
        for mount in inOrder {
            while let last = around.last, !mount.parts.starts(with: last.parts) { around.removeLast() }
            if let outer = around.last {
                let (first, second) = outer.order < mount.order ? (outer, mount) : (mount, outer)
                refuse(
                    second.edge,
                    "its mount path \(second.path) and that of "
                        + "\(first.edge.suffix(2).joined(separator: ".").excerpt()), \(first.path), lie in one another")
            }
            around.append(mount)
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
            refuse(path + ["type"], "expected \(Check.oneOf(types)), found \"\(type.excerpt())\"")
        }
        if let flow = text(edge["flow"], path + ["flow"], "the name of a flow", required: true) {
            if let flowType = flows[flow] {
                if let type, types.contains(type), flowType != type, types.contains(flowType) {
                    refuse(
                        path + ["flow"], "the flow \"\(flow.excerpt())\" is a \(flowType) flow, expected a \(type) flow"
                    )
                }
            } else {
                refuse(
                    path + ["flow"],
                    "there is no flow \"\(flow.excerpt())\"; expected \(Check.oneOf(flows.keys.sorted()))")
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
                path + ["config", "mountPath"],
                "expected an absolute path such as /data, without ..\(Check.found(mount))")
            return nil
        }
        return mount
    }

    /// The names that are expected; of many only the first ones.
    static func oneOf(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none, as there are none" }
        let shown = names.prefix(20).map { $0.excerpt(63) }.joined(separator: ", ")
        return "one of \(shown)\(names.count > 20 ? " and \(names.count - 20) more" : "")"
    }
}

import JSONValues
import Kubernetes
import TestSupport
import Testing

extension Walk {
    /// Does what happened beside the API.
    func happen() async throws {
        switch step.name {
        case "ten-saves-at-once": try await saveTenTimes()
        case "controller-deploying": try await setFinalizers(["rampart.petuum.com/graph"], "demo")
        case "controller-removed-finalizer":
            try await setFinalizers([], "demo")
            try await eventually("gone") { try await stack.client.listAll(Self.graphs).items.isEmpty }
        case "phase-pausing":
            try await settle()
            _ = try await stack.client.mergePatch(
                Self.graphs, namespace: "default", name: "demo", body: ["status": ["phase": "Pausing"]],
                subresource: .status)
        case "kubectl-apply-read-only", "kubectl-apply-new": try await apply(step.json["object"] ?? .null)
        case "kubectl-apply-row-b", "kubectl-apply-row-e":
            let row = recorded("list-apps-rows-at-end").array?.first { row in
                row["name"]?.string == (step.name.hasSuffix("b") ? "b" : "e")
            }
            var graph = row?["graph"] ?? .null
            graph["status"] = nil
            try await apply(graph)
        case "kubectl-label-True": try await label("True")
        case "kubectl-label-removed": try await label(nil)
        case "kubectl-label-added": try await label("true")
        case "kubectl-delete-read-only":
            try await settle()
            _ = try await stack.client.delete(Self.graphs, namespace: "default", name: "demo")
        default: break  // the controller is played before each read; restarts change nothing
        }
    }

    private func apply(_ object: JSON) async throws {
        let object = object.withCharts
        _ = try await stack.client.apply(
            Self.graphs, namespace: object.at("metadata", "namespace")?.string,
            name: object.at("metadata", "name")?.string ?? "", body: object, fieldManager: "kubectl")
    }

    private func label(_ value: String?) async throws {
        try await settle()
        _ = try await stack.client.mergePatch(
            Self.graphs, namespace: "default", name: "demo",
            body: ["metadata": ["labels": ["rampart-graph-readonly": value.map { .string($0) } ?? .null]]])
    }

    private func setFinalizers(_ finalizers: [JSON], _ name: String) async throws {
        if !finalizers.isEmpty { try await settle() }
        _ = try await stack.client.mergePatch(
            Self.graphs, namespace: "default", name: name, body: ["metadata": ["finalizers": .array(finalizers)]])
    }

    private func saveTenTimes() async throws {
        let recorded = Set((step.json["answers"]?.array ?? []).compactMap { $0["versionId"]?.int })
        let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
            for x in 100..<110 {
                group.addTask {
                    let answer = try await stack.save("default_often", Graph.small(x))
                    return answer.json["versionId"]?.int ?? 0
                }
            }
            return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
        }
        #expect(numbers == recorded)
    }
}

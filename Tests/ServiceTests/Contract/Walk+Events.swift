import Apps
import HashTreeCollections
import JSONValues
import Kubernetes
import Sandbox
import Sync
import TestSupport
import Testing

extension Walk {
    /// Does what happened beside the API.
    func happen() async throws {
        switch step.name {
        case let name where LeftOut.all[name] != nil: break
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
        case "kubectl-apply-edited":
            try await heals { try await patch(["spec": step.json.at("object", "spec") ?? .null]) }
        case "kubectl-apply-edited-back", "kubectl-apply-again":
            // HEAD has put that back already.
            try await settle()
            let object = act.steps.first { $0.name == "kubectl-apply-edited-back" }?.json["object"] ?? .null
            try await patch(["spec": object["spec"] ?? .null])
        case "kubectl-annotate":
            try await settle()
            try await patch(["metadata": ["annotations": ["a": "b"]]])
        case "kubectl-patch-deploy-false": try await heals { try await patch(["spec": ["deploy": false]]) }
        case "kubectl-delete", "restart-failed-deleted-meanwhile": try await comesBack("demo")
        case "restart-resource-deleted-meanwhile":
            try await comesBack("demo")
            var graph = recorded("list-apps-deleted-meanwhile")[1]?["graph"] ?? .null
            graph["status"] = nil
            try await apply(graph)
            try await eventually("it is taken into git") { stack.store.snapshot.apps.count == 2 }
        case "grafana-after-delete":
            try await eventually("one dashboard is left") {
                stack.grafana?.dashboards.values.map { $0["title"]?.string } == ["default/meanwhile Dashboard"]
            }
        case "kubectl-apply-over-draft":
            try await apply(step.json["object"] ?? .null)
            try await eventually("it is taken into git") {
                stack.store.snapshot.apps.values.contains { $0.id.name == "both" && $0.live != nil }
            }
        case "kubectl-delete-two": try await comesBack("bare")
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
        default: Issue.record("\(step.number) \(step.name) is neither walked nor left out")
        }
    }

    /// Deletes a resource beside git, and waits until HEAD has brought it back.
    private func comesBack(_ name: String) async throws {
        try await settle()
        let former = try await stack.client.get(Self.graphs, namespace: "default", name: name).uid
        _ = try await stack.client.delete(Self.graphs, namespace: "default", name: name)
        try await eventually("\(name) is there again") {
            let list = try await stack.client.listAll(Self.graphs).items
            return list.contains { $0.name == name && $0.uid != former }
        }
    }

    /// Edits a resource beside git, and waits until HEAD has put it right.
    private func heals(_ edit: () async throws -> Void) async throws {
        try await settle()
        let before = stack.engine.report.counters.healed
        try await edit()
        try await eventually("healed") { stack.engine.report.counters.healed > before }
    }

    private func patch(_ body: JSON) async throws {
        _ = try await stack.client.mergePatch(Self.graphs, namespace: "default", name: "demo", body: body)
    }

    func apply(_ object: JSON) async throws {
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

import Foundation
import Sandbox
import TestSupport
import Testing

/// The real `kubectl` against the sandbox: each verb that people use on a RampartGraph.
@Suite struct KubectlTests {
    static func graph(_ replicas: Int, name: String = "demo") -> String {
        """
        apiVersion: rampart.petuum.com/v1beta2
        kind: RampartGraph
        metadata: {name: \(name), namespace: default}
        spec:
          graph:
            components:
              web:
                chart: {repo: charts, name: web}
                config: {replicas: \(replicas)}
            flows: {}

        """
    }

    /// Runs a test's body with a `kubectl` for a sandbox of its own.
    private func withKubectl(_ body: @Sendable @escaping (Kubectl) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await RunningSandbox.with { sandbox in
            let path = try folder.write(await sandbox.server.kubeconfig(), to: "kubeconfig")
            try await body(Kubectl(kubeconfig: path, cache: folder.appending("cache")))
        }
    }

    struct Kubectl: Sendable {
        let kubeconfig: String
        let cache: String

        func run(_ arguments: [String], input: String = "", editor: String = "false") async throws -> CommandResult {
            try await Command.run(
                "kubectl", ["--kubeconfig", kubeconfig, "--cache-dir", cache] + arguments,
                environment: ["KUBE_EDITOR": editor, "KUBECTL_EXTERNAL_DIFF": "diff -u"], input: input)
        }

        @discardableResult
        func callAsFunction(_ line: String, input: String = "", editor: String = "false") async throws -> String {
            let arguments = line.split(separator: " ").map(String.init)
            let result = try await run(arguments, input: input, editor: editor)
            guard result.succeeded else { throw CommandFailure(command: "kubectl \(line)", result: result) }
            return result.output
        }
    }

    @Test func appliesEditsAndDeletes() async throws {
        try await withKubectl { kubectl in
            #expect(try await kubectl("apply -f -", input: Self.graph(1)).contains("demo created"))
            #expect(try await kubectl("apply -f -", input: Self.graph(1)).contains("demo unchanged"))
            #expect(try await kubectl("apply -f -", input: Self.graph(2)).contains("demo configured"))
            try await kubectl("wait rampartgraph/demo --for=jsonpath={.status.phase}=Deployed --timeout=120s")
            #expect(try await kubectl("get rampartgraphs").contains("Deployed"))
            let replicas = "get rampartgraph demo -o jsonpath={.spec.graph.components.web.config.replicas}"
            #expect(try await kubectl(replicas) == "2")
            try await kubectl("edit rampartgraph demo", editor: "sed -i s/replicas:.2/replicas:\\ 3/")
            #expect(try await kubectl(replicas) == "3")
            try await kubectl("label rampartgraph demo team=vision")
            try await kubectl("annotate rampartgraph demo note=x")
            #expect(try await kubectl("get rampartgraphs -l team=vision -o name").contains("rampartgraph.rampart"))
            #expect(try await kubectl("get rampartgraphs -l team=nlp -o name").isEmpty)
            let description = try await kubectl("describe rampartgraph demo")
            for text in ["Name:         demo", "team=vision", "Deployed", "Replicas:  3"] {
                #expect(description.contains(text), "\(text) in \(description)")
            }
            try await kubectl("delete rampartgraph demo --timeout=120s")
            #expect(try await kubectl.run(["get", "rampartgraph", "demo"]).errors.contains("NotFound"))
        }
    }

    @Test func saysWhatApplyWouldChange() async throws {
        try await withKubectl { kubectl in
            try await kubectl("apply -f -", input: Self.graph(1))
            #expect(try await kubectl.run(["diff", "-f", "-"], input: Self.graph(1)).code == 0)
            let result = try await kubectl.run(["diff", "-f", "-"], input: Self.graph(7))
            #expect(result.code == 1 && result.output.contains("+          replicas: 7"), "\(result)")
        }
    }

    @Test func serverSideApplyReportsConflicts() async throws {
        try await withKubectl { kubectl in
            try await kubectl("apply --server-side --field-manager=one -f -", input: Self.graph(1))
            let line = ["apply", "--server-side", "--field-manager=two", "-f", "-"]
            let result = try await kubectl.run(line, input: Self.graph(2))
            #expect(!result.succeeded && result.errors.contains("conflict with \"one\""), "\(result.errors)")
            #expect(result.errors.contains(".spec.graph.components.web.config.replicas"))
            let forced = try await kubectl.run(line + ["--force-conflicts"], input: Self.graph(2))
            #expect(forced.succeeded, "\(forced.errors)")
        }
    }

    @Test func refusesWhatTheSchemaDoesNotAllow() async throws {
        try await withKubectl { kubectl in
            let wrong = Self.graph(1).replacing("flows: {}", with: "flows: []")
            let result = try await kubectl.run(["apply", "--validate=false", "-f", "-"], input: wrong)
            #expect(!result.succeeded && result.errors.contains("spec.graph.flows"), "\(result.errors)")
            #expect(try await kubectl("get rampartgraphs -A -o name").isEmpty)
        }
    }

    @Test func watchesWhatHappens() async throws {
        let folder = try TemporaryFolder()
        let file = folder.appending("watched")
        try await withKubectl { kubectl in
            try await kubectl("apply -f -", input: Self.graph(1, name: "first"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let line = "get rampartgraphs -w --output-watch-events"
                    _ = try? await Command.run(
                        "sh", ["-c", "exec kubectl --kubeconfig \(kubectl.kubeconfig) \(line) > \(file) 2>&1"])
                }
                func sees(_ texts: String...) async throws {
                    try await eventually("the watch shows \(texts)") {
                        let watched = (try? folder.read("watched")).map { String(decoding: $0, as: UTF8.self) } ?? ""
                        return texts.allSatisfy { watched.contains($0) }
                    }
                }
                // What is there before shows when the watch has begun.
                try await sees("ADDED", "first")
                try await kubectl("apply -f -", input: Self.graph(1))
                try await sees("demo", "MODIFIED", "Deployed")
                try await kubectl("delete rampartgraph demo --wait=false")
                try await sees("DELETED")
                group.cancelAll()
            }
        }
    }
}

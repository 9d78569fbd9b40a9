import Foundation
import JSONValues
import TestSupport
import Testing

/// What people install: manual pages, completions, manifests. Each is checked with the program that will read it.
@Suite struct ReadyToRunTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func manualPagesAndCompletionsAreMadeOfTheCommandLine() async throws {
        let out = folder.appending("manual")
        try await Command.output(
            python, [CommandTests.root + "/hack/manual", "--program", RunningService.program, out])
        let pages = try FileManager.default.contentsOfDirectory(atPath: out + "/man/man1").sorted()
        #expect(pages.contains("rampart.1") && pages.contains("rampart-serve.1"))
        for page in pages {
            let read = try await Command.run("groff", ["-man", "-ww", "-Tutf8", "\(out)/man/man1/\(page)"])
            #expect(read.succeeded && read.errors == "", "\(page)")
            #expect(read.output.contains("Rampart Backend Service"))
        }
        let bash = try await Command.run("bash", ["-n", out + "/completions/rampart.bash"])
        #expect(bash.succeeded && bash.errors == "")
        for file in ["_rampart", "rampart.fish"] {
            #expect(try folder.read("manual/completions/\(file)").count > 1_000)
        }
    }

    /// What `kubectl kustomize` makes of an example, one object after the other.
    private func objects(_ example: String) async throws -> [JSON] {
        let text = try await Command.output(
            "kubectl", ["kustomize", "\(CommandTests.root)/examples/kubernetes/\(example)"])
        let script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin))))"
        return try JSON(parsing: try await Command.output(python, ["-c", script], input: text)).array ?? []
    }

    @Test(arguments: ["base", "remote"]) func theManifestsAreWhatASafeClusterAsksFor(_ example: String) async throws {
        let objects = try await objects(example)
        let kinds = Set(objects.compactMap { $0["kind"]?.string })
        #expect(
            kinds.isSuperset(of: [
                "Deployment", "Service", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "NetworkPolicy",
                "PodDisruptionBudget",
            ]), "\(kinds)")
        #expect(kinds.contains("Role") == (example == "remote"), "only who elects needs the Lease")
        let deployment = try #require(objects.first { $0["kind"] == "Deployment" })
        let pod = try #require(deployment.at("spec", "template", "spec"))
        #expect(pod.at("securityContext", "runAsNonRoot") == true)
        #expect(pod.at("securityContext", "seccompProfile", "type") == "RuntimeDefault")
        for container in pod["containers"]?.array ?? [] {
            #expect(container.at("securityContext", "readOnlyRootFilesystem") == true)
            #expect(container.at("securityContext", "allowPrivilegeEscalation") == false)
            #expect(container.at("securityContext", "capabilities", "drop") == ["ALL"])
            #expect(container.at("resources", "limits", "memory") != nil)
        }
    }

    /// The options that the manifests start the program with are ones that it has.
    @Test(arguments: ["base", "remote"]) func theProgramTakesTheOptionsOfTheManifests(_ example: String) async throws {
        let help = try await Command.output(RunningService.program, ["help", "serve"])
        for object in try await objects(example) where object["kind"] == "Deployment" {
            let containers = object.at("spec", "template", "spec", "containers")?.array ?? []
            let words = containers.flatMap { $0["args"]?.array ?? [] }.compactMap(\.string)
            try #require(words.first == "serve")
            for word in words where word.hasPrefix("--") {
                let option = String(word.prefix { $0 != "=" })
                #expect(help.contains(option), "\(option)")
            }
        }
    }
}

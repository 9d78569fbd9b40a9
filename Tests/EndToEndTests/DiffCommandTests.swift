import Foundation
import JSONValues
import TestSupport
import Testing

/// `rampart diff BASE..HEAD` as CI uses it, and the CI files that use it.
@Suite struct DiffCommandTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func diff(_ arguments: String...) async throws -> CommandResult {
        try await Command.run(RunningService.program, ["diff"] + arguments, in: folder.appending("work"))
    }

    private func git(_ arguments: String...) async throws {
        try await Command.output(
            "git", arguments, in: folder.appending("work"), environment: Command.gitEnvironment)
    }

    private func graph(_ rate: String, name: String = "demo", to file: String? = nil) async throws {
        try folder.write(
            graphYAML("default", name, rate: rate), to: file ?? "work/apps/default/\(name)/graph.yaml")
        try await git("add", "-A")
        try await git("commit", "-qm", "Rate \(rate)")
    }

    @Test func saysWhatMergingWouldDo() async throws {
        try await Command.git("init", "-q", "-b", "main", "work", in: folder.path)
        try await graph("0.1")
        try await git("checkout", "-qb", "topic")
        try await graph("0.2")
        let text = try await diff("main..topic")
        #expect(text.code == 0 && text.output.contains("default_demo: version 1 → 2, will be updated"), "\(text)")
        #expect(text.output.contains("+ components.trainer.config.rate: 0.2") && !text.output.contains("\u{1B}"))
        let json = try JSON(parsing: try await diff("main", "--format", "json").output)
        #expect(json["apps"]?[0]?.at("live", "to") == 2 && json["good"] == true)
        let markdown = try await diff("main...", "--format", "markdown")
        #expect(markdown.code == 0 && markdown.output.hasPrefix("<!-- rampart diff -->\n### ✅ Rampart: 1 app"))

        try folder.write("bad: [", to: "work/apps/default/demo/graph.yaml")
        try await git("commit", "-qam", "Bad")
        let bad = try await diff("main")
        #expect(bad.code == 1 && bad.output.contains("apps/default/demo/graph.yaml:"), "\(bad)")
        for (arguments, code, words) in [
            (["none..HEAD"], 2, "none"), (["..HEAD"], 1, "expected BASE..HEAD"), (["main", "live"], 1, "no app"),
            (["default_demo", "--format", "markdown"], 64, "BASE..HEAD"),
        ] as [([String], Int32, String)] {
            let result = try await Command.run(
                RunningService.program, ["diff"] + arguments, in: folder.appending("work"))
            #expect(result.code == Int(code) && result.errors.contains(words), "\(arguments): \(result)")
        }
        let elsewhere = try await Command.run(RunningService.program, ["diff", "main"], in: "/")
        #expect(elsewhere.code == 2 && elsewhere.errors.contains("no git repository"), "\(elsewhere)")
    }

    @Test func asksTheCluster() async throws {
        try await RunningService.with(data: folder.appending("data")) { service in
            _ = try await service.clone(into: folder)
            try await graph("0.1")
            try await git("push", "-q", "origin", "HEAD:main")
            try await service.resource("default", "demo", "is applied") { rate($0) == 0.1 }
            try await git("checkout", "-qb", "topic")
            try await graph("0.2")
            let calm = try await diff("main", "--kubeconfig", service.kubeconfig, "--format", "json")
            let json = try JSON(parsing: calm.output)
            #expect(calm.code == 0 && json.at("cluster", "unanswered")?.isNull == true, "\(calm)")
            #expect(json["apps"]?[0]?["drift"] == nil && json["apps"]?[0]?["refused"] == nil)
        }
        let away = try await diff("main", "--kubeconfig", folder.appending("data/kubeconfig"))
        #expect(away.code == 2 && away.output.contains("cluster not asked"), "\(away)")
    }

    /// The files are what their forge reads, and give nothing to a stranger's pull request.
    @Test func theExamplesForCIAreSafe() async throws {
        let files = [
            "github/.github/workflows/rampart.yml", "github/.github/workflows/rampart-comment.yml",
            "gitea/.gitea/workflows/rampart.yml", "gitlab/.gitlab-ci.yml",
        ]
        let script = "import json, sys, yaml; print(json.dumps(yaml.load(sys.stdin, Loader=yaml.BaseLoader)))"
        for file in files {
            let text = try String(contentsOfFile: "\(CommandTests.root)/examples/ci/\(file)", encoding: .utf8)
            #expect(!text.contains("pull_request_target"), "\(file)")
            let json = try JSON(parsing: try await Command.output(python, ["-c", script], input: text))
            let jobs = (json["jobs"] ?? json).object ?? [:]
            for (name, job) in jobs {
                let job = job.text()
                let hasSecret = ["secrets.", "github.token", "RAMPART_COMMENT_TOKEN"].contains { job.contains($0) }
                let sees = job.contains("actions/checkout") || job.contains("rampart check")
                #expect(!(hasSecret && sees), "\(file): \(name) sees the pull request and a secret")
            }
            // What a pull request's author chooses (a branch's name, a title) is never put into a script.
            for line in text.split(separator: "\n") where line.contains("${{") {
                let isRun = line.contains("run:") || line.contains("docker ") || line.contains("curl ")
                #expect(!isRun, "\(file): \(line)")
            }
        }
    }
}

import Foundation
import JSONValues
import TestSupport
import Testing

/// The command line, as a person and as CI use it: what it prints, and with which exit code it ends.
@Suite struct CommandTests {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    static let wrong = """
        apiVersion: rampart.petuum.com/v1beta2
        kind: RampartGraph
        metadata: {name: demo, namespace: default}
        spec:
          graph:
            components:
              web: {chart: {repo: r, name: w}, needs: [nobody]}
            flows: {a: {type: pipe}}

        """

    private func rampart(_ arguments: String..., in folder: String? = nil) async throws -> CommandResult {
        try await Command.run(RunningService.program, arguments, in: folder)
    }

    @Test(arguments: [
        (["--pulsar-ca", "ca.pem"], "go with --pulsar-url"),
        (["--pulsar-url", "http://broker"], "neither pulsar:// nor pulsar+ssl://"),
        (["--pulsar-url", "pulsar://broker", "--pulsar-ca", "ca.pem"], "pulsar+ssl://HOST:PORT"),
        (["--pulsar-url", "pulsar+ssl://broker", "--pulsar-ca", "no-such.pem"], "no-such.pem holds no certificate"),
        (["--pulsar-namespace", "flows"], "expected TENANT/NAMESPACE"),
        (["--pulsar-timeout", "0"], "more than 0"),
    ])
    func serveRefusesSettingsOfPulsarThatCannotBe(_ options: [String], _ reason: String) async throws {
        let folder = try TemporaryFolder()
        let result = try await Command.run(
            RunningService.program, ["serve", "--sandbox", "--data", folder.appending("data")] + options)
        #expect(result.code != 0)
        #expect(result.errors.contains(reason), "\(result.errors)")
    }

    @Test func checkListsEveryErrorWithItsPlace() async throws {
        let folder = try TemporaryFolder()
        try folder.write(Self.wrong, to: "graph.yaml")
        let text = try await rampart("check", "graph.yaml", in: folder.path)
        #expect(text.code == 1)
        #expect(
            text.output.split(separator: "\n").map(String.init) == [
                #"graph.yaml:7:48: spec.graph.components.web.needs.0: there is no component "nobody"; expected one of web"#,
                #"graph.yaml:8:17: spec.graph.flows.a.type: expected one of volume, pulsar, repository, found "pipe""#,
            ])
        let github = try await rampart("check", "--format", "github", "graph.yaml", in: folder.path)
        #expect(github.code == 1)
        #expect(github.output.hasPrefix("::error file=graph.yaml,line=7,col=48::"))
        let json = try await rampart("check", "--format", "json", "graph.yaml", in: folder.path)
        let report = try JSON(parsing: json.output)
        #expect(json.code == 1 && report["valid"] == false && report["problems"]?.array?.count == 2)
        #expect(report.at("problems")?[1]?["line"] == 8)
    }

    @Test func checkFindsTheExamplesValid() async throws {
        let result = try await rampart("check", "examples/graphs", in: Self.root)
        #expect(result.code == 0, "\(result)")
        let output = try await rampart("check", "--format", "json", "examples/graphs", in: Self.root).output
        let json = try JSON(parsing: output)
        #expect(json["valid"] == true && json["files"]?.int ?? 0 >= 4)
    }

    @Test(arguments: [
        (["check", "/no/such/folder"], 1, "there is no file or folder /no/such/folder"),
        (["log", "default_demo", "--data", "/no/such/folder"], 2, "/no/such/folder"),
        (["index", "--data", "/no/such/folder", "--out", "/no/such/out"], 1, "/no/such/folder"),
        (["status", "--url", "http://127.0.0.1:1"], 2, "127.0.0.1:1"),
        (["serve", "--data", "/tmp", "--sandbox", "--in-cluster"], 64, "--in-cluster"),
        (["serve", "--sandbox"], 64, "--data"), (["nonsense"], 64, "nonsense"),
        // Nobody is let in from elsewhere by mistake.
        (["serve", "--data", "/tmp/x", "--sandbox", "--listen", "0.0.0.0:0"], 64, "nobody is asked who it is"),
        (["serve", "--data", "/tmp/x", "--sandbox", "--listen", "[::]:0"], 64, "--insecure-no-auth"),
        (["serve", "--data", "/tmp/x", "--sandbox", "--tokens", "/none"], 64, "--authorization policy=FILE"),
        (["serve", "--data", "/tmp/x", "--sandbox", "--authorization", "kubernetes"], 64, "needs to know who asks"),
        (
            ["serve", "--data", "/tmp/x", "--sandbox", "--tls-cert", "/none"], 64,
            "--tls-cert and --tls-key go together"
        ),
        (["serve", "--data", "/tmp/x", "--sandbox", "--oidc-issuer", "https://x"], 64, "--oidc-audience"),
        (["serve", "--data", "/tmp/x", "--sandbox", "--trust-forwarded-user"], 64, "--trusted-proxy"),
        (["token", "--user", "ada", "--expires", "soon"], 64, "expected a time"),
    ])
    func mistakesAreNamed(_ arguments: [String], _ code: Int, _ text: String) async throws {
        let result = try await Command.run(RunningService.program, arguments)
        #expect(result.code == code && result.errors.contains(text), "\(result)")
    }

    /// A folder that is not ours stays as it is.
    @Test func serveRefusesOtherFolders() async throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", to: "home/notes.txt")
        try folder.write("no repository", to: "broken/graphs.git/x")
        try await Command.git("init", "-q", "--bare", "-b", "main", "newer/graphs.git", in: folder.path)
        try await Command.git("init", "-q", "-b", "main", "work", in: folder.path)
        try folder.write("format: 2\n", to: "work/rampart.yaml")
        try await Command.git("add", ".", in: folder.appending("work"))
        try await Command.git("commit", "-qm", "Newer", in: folder.appending("work"))
        try await Command.git("push", "-q", "../newer/graphs.git", "main", in: folder.appending("work"))
        for (name, text) in [
            ("home", "notes.txt"), ("broken", "is no git repository that can be opened"), ("newer", "format 2"),
        ] {
            let before = try await Command.output("ls", ["-R", folder.appending(name)])
            let result = try await rampart(
                "serve", "--sandbox", "--listen", "127.0.0.1:0", "--data", folder.appending(name))
            #expect(result.code == 1 && result.errors.contains(text), "\(name): \(result)")
            #expect(try await Command.output("ls", ["-R", folder.appending(name)]) == before)
        }
    }

    @Test func logStatusAndIndexTellOfARunningService() async throws {
        let folder = try TemporaryFolder()
        let data = folder.appending("data")
        try await RunningService.with(data: data, options: ["--example"]) { service in
            try await eventually("all is synced") {
                try await Command.run(RunningService.program, ["status", "--url", service.origin]).code == 0
            }
            // The binary carries the examples as they are.
            let work = try await service.clone(into: folder)
            let examples = Self.root + "/examples/graphs"
            for file in try FileManager.default.subpathsOfDirectory(atPath: examples) where file.hasSuffix(".yaml") {
                let (ours, theirs) = (examples + "/" + file, work + "/" + file)
                #expect(
                    FileManager.default.contentsEqual(atPath: ours, andPath: theirs), "run hack/embed-examples: \(file)"
                )
            }
            let log = try await Command.run(RunningService.program, ["log", "default_demo", "--data", data])
            #expect(log.code == 0 && log.output.contains("(version 1, live 1)"), "\(log)")
            let status = try await Command.run(
                RunningService.program, ["status", "--url", service.origin, "--format", "json"])
            #expect(try JSON(parsing: status.output)["state"] == "synced", "\(status)")
        }
        let index = try await rampart("index", "--data", data, "--out", folder.appending("anew"))
        #expect(index.code == 0)
        for name in ["apps", "versions", "dashboard", "configs"] {
            #expect(try folder.read("anew/\(name).json") == folder.read("data/index/\(name).json"), "\(name)")
        }
    }

    /// Into git from files, out again, and into git from a cluster.
    @Test func importsAndExports() async throws {
        let folder = try TemporaryFolder()
        let (old, data, new) = (folder.appending("old"), folder.appending("data"), folder.appending("new"))
        let graph =
            #"{"apiVersion":"rampart.petuum.com/v1beta2","kind":"RampartGraph","metadata":{"name":"demo","namespace":"default"},"spec":{"graph":{"components":{},"flows":{}}}}"#
        let time = #""2026-11-23T21:12:41.324487+00:00""#
        try folder.write(
            #"{"_default":{"1":{"namespace":"default","name":"demo","desc":"","labels":null,"graph":\#(graph),"lastEditTimestamp":\#(time),"activeVersion":1}}}"#,
            to: "old/apps.json")
        try folder.write(
            #"{"_default":{"1":{"namespace":"default","name":"demo","version":1,"hash":"","active":"True","graph":{"object":\#(graph)},"creationTimestamp":\#(time),"lastDeploymentTimestamp":\#(time)},"2":{"name":"x"}}}"#,
            to: "old/versions.json")
        let trial = try await rampart("import", "--tinydb", old, "--data", data, "--dry-run")
        #expect(trial.code == 1 && trial.output.contains("1 apps, 1 versions"), "\(trial)")
        #expect(!FileManager.default.fileExists(atPath: data))
        let result = try await rampart("import", "--tinydb", old, "--data", data, "--format", "json")
        let report = try JSON(parsing: result.output)
        #expect(result.code == 1 && report["apps"] == 1 && report["lines"]?.array?.count == 1, "\(result)")
        #expect(report.at("lines")?[0]?["row"] == "versions.json 2")
        let log = try await rampart("log", "default_demo", "--data", data)
        #expect(log.output.contains("2026-11-23"), "\(log)")

        #expect(try await rampart("export", "--data", data, "--tinydb", new).code == 0)
        #expect(try JSON(parsing: folder.read("new/apps.json")).at("_default", "1", "active") == "True")
        #expect(try await rampart("export", "--data", data, "--tinydb", new).code == 1)

        let anew = folder.appending("anew")
        let kubeconfig = try await RunningService.with(data: data) { service in
            try await service.resource("default", "demo", "is applied") { $0.at("metadata", "uid") != nil }
            let result = try await Command.run(
                RunningService.program, ["import", "--kubeconfig", service.kubeconfig, "--data", anew])
            #expect(result.code == 0 && result.output.contains("apps"), "\(result)")
            return service.kubeconfig
        }
        #expect(kubeconfig.hasSuffix("kubeconfig") || RunningService.foreignKubeconfig != nil)
        #expect(try await rampart("log", "default_demo", "--data", anew).output.contains("Adopt default_demo"))
    }
}

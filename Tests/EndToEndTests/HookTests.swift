import JSONValues
import TestSupport
import Testing

/// Every push passes the service's own checks, over HTTP and by the file system.
@Suite struct HookTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: [true, false])
    func aBadPushIsRefusedWithEachPlace(_ overHTTP: Bool) async throws {
        let folder = folder
        try await RunningService.with(data: folder.appending("data")) { service in
            let url = overHTTP ? "\(service.origin)/git/graphs.git" : service.repository
            try await Command.git("clone", "-q", url, "work", in: folder.path)
            let work = folder.appending("work")
            func push(_ message: String, force: Bool = false) async throws -> CommandResult {
                try await Command.git("add", "--all", in: work)
                try await Command.git("commit", "-q", "--allow-empty", "-m", message, in: work)
                return try await Command.run(
                    "git", ["push"] + (force ? ["--force"] : []) + ["origin", "HEAD:main"], in: work,
                    environment: Command.gitEnvironment)
            }
            for number in 0..<150 {
                try folder.write(
                    graphYAML("many", "app-\(number)", rate: "0.1"), to: "work/apps/many/app-\(number)/graph.yaml")
            }
            let good = try await push("Many")
            #expect(good.succeeded && good.errors.contains("remote: rampart: live: many_app-0"), "\(good)")
            let head = try await Command.git("rev-parse", "main", in: service.repository)

            let wrong = graphYAML("many", "app-7", rate: "0.1").replacing("flow: data", with: "flow: nowhere")
            for number in 0..<150 {
                try folder.write(
                    wrong.replacing("app-7", with: "app-\(number)"), to: "work/apps/many/app-\(number)/graph.yaml")
            }
            let since = try await Command.run(
                RunningService.program, ["check", "--since", "origin/main", "--format", "json"], in: work)
            #expect(since.code == 1, "\(since)")
            #expect(try JSON(parsing: since.output)["problems"]?.array?.count == 150)
            let bad = try await push("Break")
            #expect(!bad.succeeded && bad.errors.contains("apps/many/app-0/graph.yaml:18:"), "\(bad)")
            #expect(bad.errors.contains("and 130 more"), "\(bad)")
            let bare = try await Command.run(
                RunningService.program, ["check", "--since", "HEAD", service.repository])
            #expect(bare.code == 0, "\(bare)")
            #expect(try await Command.git("rev-parse", "main", in: service.repository) == head)

            // Commits in the middle do not count, and rewriting is refused whatever it brings.
            try await Command.git("revert", "--no-edit", "HEAD", in: work)
            #expect(try await push("Mended").succeeded)
            try await Command.git("reset", "-q", "--hard", "HEAD~2", in: work)
            let rewritten = try await push("Other", force: true)
            #expect(!rewritten.succeeded && rewritten.errors.contains("may not be rewritten"), "\(rewritten)")
        }
    }
}

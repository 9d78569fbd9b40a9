import Apps
import Git
import TestSupport
import Testing

@testable import Service

/// Git over the service's own port.
@Suite struct GitTests {
    @Test(arguments: ["", "/rampart/"])
    func clonesAndPushesUnderTheBasePath(_ base: String) async throws {
        let folder = try TemporaryFolder()
        var options = Stack.Options()
        options.service.basePath = base
        options.service.repository = folder.appending("graphs.git")
        // The limit of REST bodies is not one of pushes.
        options.service.maximumBody = 1_000
        options.service.trustsForwardedUser = true
        try await Stack.run(options, folder: folder) { stack in
            let url = stack.url + (base.isEmpty ? "" : "/rampart") + "/git/graphs.git"
            try await Command.git("clone", "-q", url, "work", in: folder.path)
            let work = folder.appending("work")
            try folder.write(String(repeating: "x", count: 100_000), to: "work/notes.md")
            try await Command.git("add", ".", in: work)
            try await Command.git("commit", "-q", "-m", "Notes", in: work)
            try await Command.git(
                "-c", "http.extraHeader=X-Forwarded-User: grace", "push", "-q", "origin", "HEAD:main", in: work)
            let head = try await Command.git("rev-parse", "HEAD", in: work)
            try await eventually("the push is folded") { stack.store.snapshot.head?.description == head }
            let log = try await Command.git(
                "reflog", "-1", "--format=%gn <%ge>", "main", in: folder.appending("graphs.git"))
            #expect(log == "grace <grace@unknown>")
        }
    }

    @Test func nothingIsServedWhereThereIsNoRepository() async throws {
        try await Stack.run { stack in
            let answer = try await stack.get("/git/graphs.git/info/refs?service=git-upload-pack")
            #expect(answer.status == 404)
        }
    }
}

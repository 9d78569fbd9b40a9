import Access
import Apps
import Events
import Foundation
import Git
import JSONValues
import Kubernetes
import Logs
import TestSupport
import Testing

@testable import Service

/// What a client of `GET /api/v1/events` is told.
@Suite struct EventStreamTests {
    @Test func aDeployIsToldAsItHappens() async throws {
        try await Stack.run { stack in
            try await stack.create("vision_demo")
            try await stack.events { reader in
                let answer = try await stack.redeploy("vision_demo", 1, headers: ["X-Request-Id": "deploy-1"])
                #expect(answer.status == 200)
                #expect(answer.headers["x-request-id"] == "deploy-1")
                // That the app was made may be told here too.
                let commit = try await eventually("the commit") {
                    reader.events.first { $0.type == "commit" && $0.data?["events"] == ["deployed"] }
                }
                let applied = try await eventually("applied") { reader.events.first { $0.type == "applied" } }
                #expect(commit.event == "commit")
                #expect(commit.data?["message"]?.string == "Deploy vision_demo version 1")
                #expect(commit.data?["author"]?.string == "Rampart UI")
                for event in [commit, applied] {
                    #expect(event.app == "vision_demo")
                    #expect(event.data?["version"] == 1)
                    #expect(event.data?["commit"] == commit.data?["commit"])
                    #expect(event.data?["requestId"]?.string == "deploy-1")
                    #expect(event.data?["time"]?.string?.contains("T") == true)
                }
            }
        }
    }

    @Test func whoComesBackIsToldWhatHappenedSince() async throws {
        try await Stack.run { stack in
            let last = try await stack.events { reader in
                try await stack.create("vision_one")
                try await eventually("the first") { reader.events.contains { $0.app == "vision_one" } }
                return try #require(reader.lastID)
            }
            try await stack.create("vision_two")
            try await eventually("it is noted") { stack.events.last.description != last }
            for (query, headers) in [("", ["Last-Event-ID": last]), ("?lastEventId=\(last)", [:])] {
                try await stack.events(query, headers: headers) { reader in
                    try await eventually("the second") { reader.events.contains { $0.app == "vision_two" } }
                    #expect(!reader.events.contains { $0.app == "vision_one" || $0.type == "reset" })
                }
            }
            // Without an id, it begins now.
            try await stack.events { reader in
                try await stack.create("vision_three")
                try await eventually("the third") { reader.events.contains { $0.app == "vision_three" } }
                #expect(!reader.events.contains { $0.app == "vision_two" })
            }
        }
    }

    @Test func whoCannotGoOnIsToldToReadAnew() async throws {
        var options = Stack.Options()
        options.keptEvents = 2
        try await Stack.run(options) { stack in
            let old = stack.events.last.description
            for name in ["a", "b", "c", "d"] { try await stack.create("vision_\(name)") }
            try await eventually("four events") { stack.events.last.number >= 4 }
            for (id, reason) in [(old, "too_old"), ("00000000-1", "restarted"), ("nonsense", "restarted")] {
                try await stack.events(headers: ["Last-Event-ID": id]) { reader in
                    try await eventually("a reset") { !reader.events.isEmpty }
                    let first = try #require(reader.events.first)
                    #expect(first.event == "reset")
                    #expect(first.data?["reason"]?.string == reason)
                    #expect(first.data?["head"]?.string == stack.store.snapshot.head?.description)
                    try await stack.create("vision_new-\(reason.first.map(String.init) ?? "")\(id.prefix(2))")
                    try await eventually("it goes on") { reader.events.count > 1 }
                }
            }
        }
    }

    @Test(
        arguments: [
            ("?app=vision_demo", ["vision_demo"]), ("?namespace=vision", ["vision_demo", "vision_other"]),
            ("?app=vision_demo,speech_demo", ["vision_demo", "speech_demo"]),
            ("?namespace=speech&app=vision_demo", ["vision_demo", "speech_demo"]),
            ("?type=applied", []), ("?type=commit&namespace=speech", ["speech_demo"]),
        ])
    func filters(_ query: String, _ expected: [String]) async throws {
        try await Stack.run { stack in
            try await stack.events(query) { reader in
                for app in ["vision_demo", "vision_other", "speech_demo"] { try await stack.create(app) }
                // What is about no app comes in any case.
                try await eventually("all commits are noted") { stack.events.last.number >= 3 }
                stack.events.append(Event(query.contains("type=") ? .applied : .sync, app: nil, message: "end"))
                if query.contains("type=commit") { stack.events.append(Event(.commit, message: "end")) }
                try await eventually("the end") { reader.events.contains { $0.data?["message"]?.string == "end" } }
                #expect(Set(reader.events.compactMap(\.app)) == Set(expected))
            }
        }
    }

    @Test(arguments: ["?app=nonsense", "?type=deployed", "?namespace=NOT", "?app=a_b_c"])
    func aFilterThatIsNone(_ query: String) async throws {
        try await Stack.run { stack in
            let answer = try await stack.get("/api/v1/events\(query)")
            #expect(answer.status == 400)
            #expect(answer.state == "bad_filter")
        }
    }

    @Test func aSilentStreamIsKeptAlive() async throws {
        var options = Stack.Options()
        options.service.limits.keepAlive = .milliseconds(20)
        try await Stack.run(options) { stack in
            try await stack.events { reader in try await eventually("comments") { reader.comments >= 3 } }
        }
    }

    /// What was not for a client is nothing that it missed, however much of it there was.
    @Test func whoIsToldOfLittleComesBackFromTheNewest() async throws {
        var options = Stack.Options()
        options.keptEvents = 2
        options.service.limits.keepAlive = .milliseconds(20)
        try await Stack.run(options) { stack in
            let last = try await stack.events("?app=vision_demo") { reader in
                for name in ["a", "b", "c", "d"] {
                    try await stack.create("speech_\(name)")
                    // A reader for whom too much comes at once is sent away.
                    try await eventually("the id goes on") { reader.lastID == stack.events.last.description }
                }
                try await eventually("four events") { stack.events.last.number >= 4 }
                try await eventually("the id goes on") { reader.lastID == stack.events.last.description }
                #expect(reader.events.isEmpty, "nothing is dispatched")
                return try #require(reader.lastID)
            }
            try await stack.events("?app=vision_demo", headers: ["Last-Event-ID": last]) { reader in
                try await stack.create("vision_demo")
                try await eventually("what is for it") { reader.events.contains { $0.app == "vision_demo" } }
                #expect(!reader.events.contains { $0.type == "reset" })
            }
        }
    }

    /// Before it is sent away to show who it is, too.
    @Test func theLastWordIsTheNewestID() async throws {
        let guarded = try await Guarded()
        let options = guarded.options {
            $0.service.limits.keepAlive = .milliseconds(20)
            $0.service.limits.longestStream = .zero
        }
        try await Stack.run(options) { stack in
            try await stack.events(headers: Guarded.bearer("viewer")) { reader in
                try await eventually("the stream ends") { reader.isOver }
                #expect(reader.comments == 1)
            }
        }
    }

    @Test func streamsAreCountedAndGiveTheirPlaceBack() async throws {
        var options = Stack.Options()
        options.service.limits.streamsOfOne = 1
        // Whoever is gone is noticed at the next comment, at the latest.
        options.service.limits.keepAlive = .milliseconds(20)
        try await Stack.run(options) { stack in
            try await stack.events { _ in
                let answer = try await stack.get("/api/v1/events")
                #expect(answer.status == 503)
                #expect(answer.state == "too_many_streams")
                #expect(answer.headers["retry-after"] != nil)
            }
            try await eventually("the place is free again") { stack.events.listenerCount == 0 }
            try await eventually("another may open one") {
                do {
                    return try await stack.events { _ in true }
                } catch is NotInTime {
                    return false
                }
            }
        }
    }

    @Test func onlyWhatTheCallerMayReadIsTold() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { $0.service.limits.keepAlive = .milliseconds(20) }
        try await Stack.run(options) { stack in
            try await stack.events(headers: Guarded.bearer("viewer")) { viewer in
                try await stack.events(headers: Guarded.bearer("boss")) { boss in
                    for app in ["team-b_demo", "team-a_demo"] {
                        let made = try await stack.post(
                            "/api/v1/graphs", Graph.body(app, Graph.small()), headers: Guarded.bearer("boss"))
                        #expect(made.status == 201)
                    }
                    try await eventually("both") {
                        Set(boss.events.compactMap(\.app)).isSuperset(of: ["team-a_demo", "team-b_demo"])
                    }
                    try await eventually("one") { viewer.events.contains { $0.app == "team-a_demo" } }
                    #expect(!viewer.events.contains { $0.app?.hasPrefix("team-b") == true })
                    // Rights that are taken away count for streams that are open.
                    try guarded.folder.write(
                        "rules:\n  - {users: [boss], namespaces: [\"*\"], role: admin}\n", to: "policy.yaml")
                    await guarded.policy.look()
                    try await eventually("the right is gone") { viewer.comments > 0 }
                    let comments = viewer.comments
                    try await eventually("it was looked at again") { viewer.comments > comments + 1 }
                    let made = try await stack.post(
                        "/api/v1/graphs", Graph.body("team-a_late", Graph.small()), headers: Guarded.bearer("boss"))
                    #expect(made.status == 201)
                    try await eventually("the boss sees it") { boss.events.contains { $0.app == "team-a_late" } }
                    let seen = viewer.comments
                    try await eventually("time for it to come") { viewer.comments > seen + 2 }
                    #expect(!viewer.events.contains { $0.app == "team-a_late" })
                }
            }
        }
    }

    @Test func aCallerComesBackToShowWhoItIs() async throws {
        let guarded = try await Guarded()
        let options = guarded.options {
            $0.service.limits.keepAlive = .milliseconds(20)
            $0.service.limits.longestStream = .milliseconds(50)
        }
        try await Stack.run(options) { stack in
            try await stack.events(headers: Guarded.bearer("viewer")) { reader in
                try await eventually("the stream ends") { reader.isOver }
            }
        }
    }

    @Test func healsRefusalsAndPrunesAreTold() async throws {
        try await Stack.run { stack in
            try await stack.create("vision_demo")
            try await stack.events { reader in
                try await stack.redeploy("vision_demo", 1)
                try await eventually("applied") { reader.events.contains { $0.type == "applied" } }
                _ = try await stack.client.mergePatch(
                    .init(
                        group: "rampart.petuum.com", version: "v1beta2", plural: "rampartgraphs", kind: "RampartGraph"),
                    namespace: "vision", name: "demo",
                    body: ["spec": ["graph": ["components": ["web": ["config": ["x": 99]]]]]])
                try await eventually("healed") { reader.events.contains { $0.type == "healed" } }
                #expect(reader.events.first { $0.type == "healed" }?.data?["requestId"] == nil)
                #expect(try await stack.delete("/api/v1/apps/vision_demo").status == 200)
                try await eventually("pruned") { reader.events.contains { $0.type == "pruned" } }
            }
        }
    }
}

/// The id of a request, through all that it causes.
@Suite struct RequestIDTests {
    @Test func theClientsOwnOrANewOne() async throws {
        try await Stack.run { stack in
            let own = try await stack.get("/api/v1/apps", headers: ["X-Request-Id": "abc-123"])
            #expect(own.headers["x-request-id"] == "abc-123")
            let new = try await stack.get("/healthz")
            let id = try #require(new.headers["x-request-id"])
            #expect(!id.isEmpty)
            #expect(try await stack.get("/healthz").headers["x-request-id"] != id)
            let hostile = try await stack.get("/api/v1/none", headers: ["X-Request-Id": "a b<script>"])
            #expect(hostile.status == 404)
            #expect(hostile.headers["x-request-id"] != nil)
            #expect(hostile.headers["x-request-id"]?.contains("<") == false)
        }
    }

    @Test func theLogFollowsItFromTheRequestToTheCluster() async throws {
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        var options = Stack.Options()
        options.logger = book.logger
        options.hasGrafana = true
        try await Stack.run(options) { stack in
            try await stack.create("vision_demo")
            try await stack.redeploy("vision_demo", 1, headers: ["X-Request-Id": "deploy-7"])
            for message in ["audit: write", "committed", "applied", "request", "wrote a dashboard"] {
                try await eventually(message) {
                    book.lines(message).contains { $0.metadata["requestId"] == "deploy-7" }
                }
            }
            let committed = try #require(book.lines("committed").first { $0.metadata["requestId"] == "deploy-7" })
            let applied = try #require(book.lines("applied").first { $0.metadata["requestId"] == "deploy-7" })
            #expect(committed.metadata["commit"]?.hasPrefix(applied.metadata["commit"] ?? "-") == true)
        }
    }

    @Test func aPushOverHTTPIsFollowedToo() async throws {
        let book = LogBook(metadataProvider: RequestID.metadataProvider)
        let folder = try TemporaryFolder()
        var options = Stack.Options()
        options.logger = book.logger
        options.service.repository = folder.appending("graphs.git")
        try await Stack.run(options, folder: folder) { stack in
            try await stack.create("vision_demo")
            let work = try TemporaryFolder()
            try await Command.git("clone", "-q", "\(stack.url)/git/graphs.git", "work", in: work.path)
            let clone = work.appending("work")
            try await Command.git("mv", "apps/vision/demo/draft.yaml", "apps/vision/demo/graph.yaml", in: clone)
            try await Command.git("commit", "-q", "-m", "Promote", in: clone)
            try await Command.git(
                "-c", "http.extraHeader=X-Request-Id: push-9", "push", "-q", "origin", "HEAD:main", in: clone)
            for message in ["took a push over HTTP", "applied"] {
                try await eventually(message) {
                    book.lines(message).contains { $0.metadata["requestId"] == "push-9" }
                }
            }
            let head = try await Command.git("rev-parse", "HEAD", in: clone)
            #expect(book.lines("took a push over HTTP").first?.metadata["commits"]?.contains(head) == true)
        }
    }
}

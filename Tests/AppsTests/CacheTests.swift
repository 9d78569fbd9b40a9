import Apps
import Foundation
import Git
import HashTreeCollections
import Logging
import TestSupport
import Testing

/// Restarts: with caches, without, and with broken ones.
@Suite struct CacheTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// Does some work and writes everything that a shutdown writes.
    private func fill() async throws -> Snapshot {
        let store = try await fixture.open()
        for number in 0..<5 {
            let app = try id("default_app-\(number)")
            _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
            _ = try await store.perform(.save(app, manifest(app, 2)), by: ada)
            _ = try await store.perform(.deploy(app, version: 1), by: ada)
        }
        let work = try await fixture.clone()
        try await work.write("bad: [", to: "apps/default/broken/graph.yaml")
        try await work.write("x", to: "apps/Wrong/x/graph.yaml")
        try await work.commit("broken")
        try await work.push()
        try await store.look()
        try await shutDown(store)
        return store.snapshot
    }

    private func file(_ name: String) -> URL { URL(fileURLWithPath: "\(fixture.data)/index/\(name)") }

    @Test func goesOnFromTheCache() async throws {
        let before = try await fill()
        let store = try await fixture.open()
        #expect(describe(store.snapshot) == describe(before))
        let app = try id("default_app-1")
        #expect(content(try await store.versionGraph(app, 2)) == 2)
        let result = try await store.perform(.save(app, manifest(app, 3)), by: ada)
        #expect(result.version == 3)
    }

    @Test func foldsWhatCameSince() async throws {
        _ = try await fill()
        let other = try await fixture.open {
            $0.indexFolder = fixture.folder.appending("other")
        }
        let app = try id("default_app-1")
        _ = try await other.perform(.save(app, manifest(app, 3)), by: ada)
        let store = try await fixture.open()
        #expect(describe(store.snapshot) == describe(other.snapshot))
    }

    @Test(arguments: ["fold.state", "fold.graphs"], ["gone", "cut", "flipped", "empty", "foreign", "older", "newer"])
    func brokenCachesAreMadeAnew(_ name: String, _ harm: String) async throws {
        let before = try await fill()
        var bytes = try Data(contentsOf: file(name))
        switch harm {
        case "gone": try FileManager.default.removeItem(at: file(name))
        case "cut": try bytes.prefix(bytes.count / 2).write(to: file(name))
        case "flipped":
            for index in stride(from: 40, to: bytes.count, by: 97) { bytes[index] ^= 0x55 }
            try bytes.write(to: file(name))
        // The number of the format is behind the eight bytes that say whose file it is.
        case "older", "newer":
            bytes[8] = harm == "older" ? bytes[8] - 1 : bytes[8] + 1
            try bytes.write(to: file(name))
        case "empty": try Data().write(to: file(name))
        default:
            try Data("something else entirely, and long enough to be taken for a file of ours".utf8).write(
                to: file(name))
        }
        let store = try await fixture.open()
        #expect(describe(store.snapshot) == describe(before))
        for app in store.snapshot.sortedApps() {
            for version in app.versions {
                #expect(content(try await store.versionGraph(app.id, version.number)) == version.number)
            }
        }
    }

    @Test func anotherRepositoryInThePlaceIsFoldedAnew() async throws {
        _ = try await fill()
        try FileManager.default.removeItem(atPath: fixture.repository)
        let store = try await fixture.open()
        #expect(store.snapshot.apps.isEmpty && store.snapshot.head != nil)
    }
}

/// Lets a store run, and ends it as SIGTERM does.
func shutDown(_ store: AppStore) async throws {
    let task = Task { try await store.run() }
    task.cancel()
    try await task.value
}

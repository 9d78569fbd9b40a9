import Foundation
import Git
import HashTreeCollections
import TestSupport
import Testing

@testable import Apps

/// The fold cache comes back byte for byte, as far as its bytes follow from history.
///
/// They do but for two things. Eight bytes in `fold.graphs` are drawn by lot, so that a state never goes with the texts of
/// another file; `fold.state` repeats them and has a sum over all of it. And the texts lie in the order in which a process
/// came to them, beside some that no commit has in the end.
@Suite struct FoldBytesTests {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// Work of three processes: one that ends well, one that is killed before it has said how far it came, and one that
    /// goes on from there.
    private func fill() async throws {
        let apps = try (0..<4).map { try id("default_app-\($0)") }
        try await inAProcess { store in
            for app in apps {
                _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
                _ = try await store.perform(.deploy(app, version: 1), by: ada)
            }
            try await shutDown(store)
        }
        try await inAProcess { store in
            for app in apps { _ = try await store.perform(.save(app, manifest(app, 2)), by: ada) }
        }
        try await inAProcess { store in
            for app in apps { _ = try await store.perform(.save(app, manifest(app, 1)), by: ada) }
            _ = try await store.perform(.deploy(apps[1], version: 2), by: ada)
            _ = try await store.perform(.undeploy(apps[0]), by: ada)
            _ = try await store.perform(.delete(apps[3]), by: ada)
            let work = try await fixture.clone()
            try await work.write(graphText(apps[2], 3), to: "\(apps[2].folder)/graph.yaml")
            try await work.write("{}", to: "\(apps[2].folder)/dashboards/more.json")
            try await work.write("bad: [", to: "apps/default/broken/graph.yaml")
            try await work.write("x", to: "apps/Wrong/x/graph.yaml")
            try await work.write("title: [", to: "configs/broken.yaml")
            try await work.commit("pushed")
            try await work.push()
            try await store.look()
            try await shutDown(store)
        }
    }

    /// Opens the store, and lets go of it as the kernel does of a process's files.
    private func inAProcess(_ body: (AppStore) async throws -> Void) async throws {
        try await body(try await fixture.open { $0.waitsForFiles = .seconds(60) })
    }

    /// Folds all of it from nothing, into a folder of its own.
    private func rebuild(_ name: String) async throws {
        try await shutDown(try await fixture.open { $0.indexFolder = fixture.folder.appending(name) })
    }

    private func bytes(_ file: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file)) }

    /// A cache whose texts stand in a table instead of at their places in a file.
    private func content(of folder: String) throws -> (state: Data, texts: [ObjectID: [UInt8]]) {
        let store = try #require(GraphStore(path: "\(folder)/fold.graphs"))
        var snapshot = try #require(FoldCache.read("\(folder)/fold.state", store: store, branch: "main"))
        var texts: [ObjectID: [UInt8]] = [:]
        func text(_ blob: ObjectID, _ extent: Extent?) throws {
            let text = try #require(extent.flatMap { store.text(at: $0) })
            #expect(texts.updateValue(text, forKey: blob) ?? text == text)
        }
        for var app in snapshot.sortedApps() {
            for index in app.versions.indices {
                try text(app.versions[index].blob, app.versions[index].extent)
                app.versions[index].extent = nil
            }
            if let live = app.live { try text(live.blob, live.extent) }
            if let draft = app.draft { try text(draft.blob, draft.extent) }
            app.live?.extent = nil
            app.draft?.extent = nil
            snapshot.apps[app.id] = app
        }
        let empty = try #require(GraphStore(path: fixture.folder.appending("empty.graphs")))
        let path = fixture.folder.appending("fold.state")
        try FoldCache.write(snapshot, store: empty, branch: "main", to: path)
        return (try bytes(path), texts)
    }

    @Test func whatWasKeptSaysWhatAFoldFromNothingSays() async throws {
        try await fill()
        try await rebuild("anew")
        let (kept, anew) = (try content(of: "\(fixture.data)/index"), try content(of: fixture.folder.appending("anew")))
        #expect(kept.state.count > 500 && kept.texts.count >= 7)
        #expect(kept.state == anew.state)
        #expect(kept.texts == anew.texts)
    }

    @Test func twoFoldsFromNothingAreTheSameBytes() async throws {
        try await fill()
        try await rebuild("one")
        try await rebuild("two")
        for (file, lot, sum) in [("fold.graphs", 8..<16, 0), ("fold.state", 16..<24, 8)] {
            var one = try bytes(fixture.folder.appending("one/\(file)")).dropLast(sum)
            var two = try bytes(fixture.folder.appending("two/\(file)")).dropLast(sum)
            #expect(one != two, "drawn by lot")
            one.replaceSubrange(lot, with: Data(count: 8))
            two.replaceSubrange(lot, with: Data(count: 8))
            #expect(one == two, "\(file)")
        }
    }
}

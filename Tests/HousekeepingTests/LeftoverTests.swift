import Foundation
import TestSupport
import Testing

@testable import Housekeeping

/// What killed processes leave goes by itself, and nothing else does.
@Suite struct LeftoverTests {
    @Test(
        arguments: [
            ("objects/pack/tmp_pack_a1B2c3", 3_600), ("objects/pack/tmp_idx_a1B2c3", 3_600),
            ("objects/pack/tmp_rev_x", 3_600),
            ("objects/pack/.tmp-17-pack-00.pack", 3_600), ("objects/pack/multi-pack-index.lock", 3_600),
            ("objects/52/tmp_obj_a1B2c3", 3_600), ("objects/tmp_object_git2_a1B2c3", 3_600),
            ("objects/tmp_objdir-incoming-a1B2c3", 86_400), ("objects/maintenance.lock", 86_400),
            ("objects/info/commit-graph.lock", 3_600), ("objects/info/commit-graphs/commit-graph-chain.lock", 3_600),
            ("objects/pack/pack-00.keep", 86_400), ("gc.pid", 43_200), ("gc.pid.lock", 3_600),
            ("packed-refs.new", 3_600),
            ("objects/pack/pack-00.pack", nil), ("objects/pack/pack-00.idx", nil),
            ("objects/pack/multi-pack-index", nil),
            ("objects/52/8a99265ca94308da0aa90837c479c29075478b", nil), ("objects/info/alternates", nil),
            ("objects/info/commit-graph", nil), ("packed-refs", nil), ("HEAD", nil), ("config", nil),
            ("tmp_pack_x", nil),
            ("refs/heads/tmp_pack_x", nil), ("hooks/tmp_obj_x", nil), ("", nil),
        ] as [(String, Int?)])
    func whatIsLeftBehind(path: String, seconds: Int?) {
        #expect(Leftovers.patience(for: path) == seconds.map { .seconds($0) })
    }

    @Test func onlyWhatIsOldGoes() async throws {
        let house = try await House()
        let old = [
            "objects/pack/tmp_pack_old", "objects/tmp_objdir-incoming-old/pack/tmp_pack_x", "objects/52/tmp_obj_old",
            "gc.pid",
            "objects/pack/pack-git.keep", "objects/pack/pack-gone.idx", "objects/pack/pack-mine.keep",
        ]
        for name in old + ["objects/pack/tmp_pack_new", "objects/pack/pack-new.idx"] {
            try house.folder.write("receive-pack 17 on host\n", to: "graphs.git/\(name)")
        }
        try house.folder.write("my own\n", to: "graphs.git/objects/pack/pack-mine.keep")
        for name in old + ["objects/tmp_objdir-incoming-old"] { try house.age(name, by: 200_000) }
        // A link is removed, and never what it leads to.
        let outside = try house.folder.write("outside", to: "outside/file")
        try FileManager.default.createSymbolicLink(
            atPath: "\(house.path)/objects/tmp_objdir-incoming-old/link",
            withDestinationPath: house.folder.appending("outside"))
        try house.age("objects/tmp_objdir-incoming-old", by: 200_000)
        let removed = Leftovers.clear(in: house.path, now: Int(Date().timeIntervalSince1970))
        #expect(
            Set(removed) == [
                "objects/pack/tmp_pack_old", "objects/tmp_objdir-incoming-old", "objects/52/tmp_obj_old", "gc.pid",
                "objects/pack/pack-git.keep", "objects/pack/pack-gone.idx",
            ])
        #expect(FileManager.default.fileExists(atPath: outside))
        #expect(FileManager.default.fileExists(atPath: "\(house.path)/objects/pack/pack-mine.keep"))
        #expect(FileManager.default.fileExists(atPath: "\(house.path)/objects/pack/tmp_pack_new"))
        try await house.isSound()
    }

    @Test func gitAtWorkIsLeftInPeace() async throws {
        let house = try await House()
        let now = Int(Date().timeIntervalSince1970)
        #expect(!Leftovers.isGitAtWork(in: house.path, now: now))
        try house.folder.write("\(getpid()) \(ProcessInfo.processInfo.hostName)", to: "graphs.git/gc.pid")
        #expect(Leftovers.isGitAtWork(in: house.path, now: now))
        await #expect(throws: HousekeepingRefusal.self) { _ = try await house.keeper().pass(.request) }
        try house.folder.write("17 another-host", to: "graphs.git/gc.pid")
        #expect(Leftovers.isGitAtWork(in: house.path, now: now))
        #expect(!Leftovers.isGitAtWork(in: house.path, now: now + 50_000))
    }
}

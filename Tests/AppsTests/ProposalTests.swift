import Git
import TestSupport
import Testing

@testable import Apps

@Suite struct ProposalTests {
    @Test func aProposalIsACommitBesideTheBranch() async throws {
        let fixture = try Fixture()
        let store = try await fixture.open()
        let app = try id("default_demo")
        _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
        let head = try #require(store.snapshot.head)
        let proposal = try #require(try await store.propose(.deploy(app, version: 1), by: ada))
        #expect(store.snapshot.head == head)
        #expect(store.snapshot[app]?.live == nil)
        #expect(proposal.name == "rampart/default_demo/\(proposal.commit.short)")
        #expect(proposal.title == "Deploy default_demo version 1")
        #expect(proposal.version == 1)
        #expect(proposal.isNew)
        let shown = try await fixture.git("log", "-1", "--format=%P|%an|%ae|%cn|%B", proposal.name)
        #expect(
            shown.hasPrefix("\(head)|Ada Lovelace|ada@example.com|Rampart|Deploy default_demo version 1\n\nRampart-App")
        )
        let files = try await fixture.git("diff", "--name-status", "main", proposal.name)
        #expect(files.contains("apps/default/demo/graph.yaml"))
        // Merging it is doing it.
        let work = try await fixture.clone()
        try await work.git("merge", "-q", "--no-ff", "--no-edit", "origin/\(proposal.name)")
        try await work.push()
        try await store.look()
        #expect(store.snapshot[app]?.activeVersion == 1)
        #expect(try await fixture.git("fsck", "--strict") == "")
    }

    @Test func theSameAgainIsTheSameProposal() async throws {
        let fixture = try Fixture()
        let store = try await fixture.open()
        let app = try id("default_demo")
        _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
        let first = try #require(try await store.propose(.save(app, manifest(app, 2)), by: ada))
        let again = try #require(try await store.propose(.save(app, manifest(app, 2)), by: ada))
        #expect(again.branch == first.branch)
        #expect(!again.isNew)
        let other = try #require(try await store.propose(.save(app, manifest(app, 3)), by: ada))
        #expect(other.branch != first.branch, "each stands for itself")
        let bob = Signature(name: "Bob", email: "bob@example.com", seconds: 1_700_000_000)
        let bobs = try #require(try await store.propose(.save(app, manifest(app, 2)), by: bob))
        #expect(bobs.branch != first.branch)
        // On a newer head it is another one, as it would be merged there.
        _ = try await store.perform(.deploy(app, version: 1), by: ada)
        let later = try #require(try await store.propose(.save(app, manifest(app, 2)), by: ada))
        #expect(later.isNew)
        #expect(try await store.propose(.deploy(app, version: 1), by: ada) == nil, "nothing would change")
    }

    @Test func whatCannotBeDoneCannotBeProposed() async throws {
        let fixture = try Fixture()
        let store = try await fixture.open()
        let app = try id("default_demo")
        await #expect(throws: ActError.self) { try await store.propose(.delete(app), by: ada) }
        let created = try await store.perform(.create(app, manifest(app, 1)), by: ada)
        let commit = try #require(created.commit)
        _ = try await store.perform(.save(app, manifest(app, 2)), by: ada)
        await #expect(throws: ActError.self) {
            try await store.propose(.save(app, manifest(app, 3)), by: ada, expecting: commit)
        }
        #expect(try await fixture.git("for-each-ref", "--format=%(refname)", "refs/heads/rampart") == "")
    }

    @Test(arguments: [
        ("format: 1\nprotected: true\n", true, 0), ("protected: false # for now\n", false, 0),
        ("protected:   True", true, 0), ("protected: yes\n", true, 1), ("protected:\n", true, 1), ("", false, 0),
        ("# protected: true\n  protected: true\n", false, 0), ("unprotected: true", false, 0),
    ])
    func readsSettings(_ text: String, _ isProtected: Bool, _ problems: Int) {
        let settings = RepositorySettings(text)
        #expect(settings.isProtected == isProtected)
        #expect(settings.problems.count == problems)
    }

    /// Nothing lands on a protected branch but by a push, and a restart remembers.
    @Test func aProtectedBranch() async throws {
        let fixture = try Fixture()
        let store = try await fixture.open()
        let app = try id("default_demo")
        _ = try await store.perform(.create(app, manifest(app, 1)), by: ada)
        let work = try await fixture.clone()
        try await work.write("format: 1\nprotected: true\n", to: "rampart.yaml")
        try await work.commit("Protect main")
        try await work.push()
        try await store.look()
        let head = store.snapshot.head
        #expect(store.snapshot.isProtected)
        for act in [
            Act.save(app, try manifest(app, 2)), .deploy(app, version: 1), .delete(app),
            .adopt(try id("default_other"), try manifest(try id("default_other"), 1)),
        ] {
            let error = await #expect(throws: ActError.self) { try await store.perform(act, by: ada) }
            guard case .protected(branch: "main")? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(store.snapshot.head == head)
        let proposal = try #require(try await store.propose(.deploy(app, version: 1), by: ada))
        #expect(proposal.isNew)
        let again = try await fixture.open()
        #expect(again.snapshot.isProtected)
        // Until a push says otherwise.
        try await work.write("format: 1\n", to: "rampart.yaml")
        try await work.commit("Open main")
        try await work.push()
        try await again.look()
        #expect(!again.snapshot.isProtected)
        _ = try await again.perform(.deploy(app, version: 1), by: ada)
    }
}

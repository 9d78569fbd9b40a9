import Apps
import Grafana
import JSONValues
import Testing

@testable import Sync

/// What is done about one dashboard, decided without a Grafana.
@Suite struct DashboardPlanTests {
    static let owner = Ownership()

    static func owned(_ refresh: String = "30s") -> OwnedDashboard {
        OwnedDashboard(["title": "T", "refresh": .string(refresh), "panels": []], uid: "u", owner: owner)
    }

    /// What Grafana has: a dashboard that was written once, with a change.
    static func stored(
        _ written: OwnedDashboard, version: Int64 = 3, folder: String = "", provisioned: Bool = false,
        _ change: (inout JSON) -> Void = { _ in }
    ) throws -> StoredDashboard {
        var model = written.model
        model["id"] = 7
        model["version"] = .int(version)
        change(&model)
        return try #require(
            StoredDashboard([
                "dashboard": model, "meta": ["folderUid": .string(folder), "provisioned": .bool(provisioned)],
            ]))
    }

    private func plan(
        _ desired: OwnedDashboard, _ observed: StoredDashboard?, folder: String? = nil,
        settled: DashboardPlan.Settled? = nil, _ edits: RepositorySettings.DashboardEdits = .heal
    ) -> DashboardPlan {
        DashboardPlan.make(desired, folder: folder, observed: observed, settled: settled, edits: edits)
    }

    @Test func createsAndLeavesAloneWhatIsRight() throws {
        #expect(plan(Self.owned(), nil) == .create)
        #expect(plan(Self.owned(), try Self.stored(Self.owned())) == .nothing)
        #expect(plan(Self.owned(), try Self.stored(Self.owned()) { $0["weekStart"] = "" }) == .nothing)
    }

    @Test func ourOwnChangeIsNoDrift() throws {
        let observed = try Self.stored(Self.owned())
        #expect(plan(Self.owned("1m"), observed) == .update(version: 3, heals: false))
        #expect(plan(Self.owned("1m"), observed, .leave) == .update(version: 3, heals: false))
    }

    @Test func somebodysChangeIsPutBackOrLeft() throws {
        let edited = try Self.stored(Self.owned()) { $0["refresh"] = "5s" }
        #expect(plan(Self.owned(), edited) == .update(version: 3, heals: true))
        #expect(plan(Self.owned(), edited, .leave) == .leave)
        // Also where something else is wanted by now, and where the tags have been taken away.
        #expect(plan(Self.owned("1m"), edited, .leave) == .leave)
        let untagged = try Self.stored(Self.owned()) { $0["tags"] = [] }
        #expect(plan(Self.owned(), untagged) == .update(version: 3, heals: true))
        #expect(plan(Self.owned(), untagged, .leave) == .leave)
    }

    /// A Grafana that makes something else of what it is given is not written to for ever.
    @Test func whatGrafanaMadeOfItIsAccepted() throws {
        let normalised = try Self.stored(Self.owned()) { $0["refresh"] = nil }
        let settled = DashboardPlan.Settled(digest: Self.owned().digest, version: 3)
        #expect(plan(Self.owned(), normalised, settled: settled) == .nothing)
        #expect(plan(Self.owned("1m"), normalised, settled: settled, .leave) == .update(version: 3, heals: false))
        let later = DashboardPlan.Settled(digest: Self.owned().digest, version: 2)
        #expect(plan(Self.owned(), normalised, settled: later) == .update(version: 3, heals: true))
    }

    @Test func folders() throws {
        let observed = try Self.stored(Self.owned(), folder: "f")
        #expect(plan(Self.owned(), observed) == .nothing, "without folders it may lie anywhere")
        #expect(plan(Self.owned(), observed, folder: "f") == .nothing)
        #expect(plan(Self.owned(), observed, folder: "g") == .update(version: 3, heals: true))
        #expect(plan(Self.owned(), observed, folder: "g", .leave) == .leave)
    }

    @Test func whatIsProvisionedIsNotTouched() throws {
        #expect(plan(Self.owned("1m"), try Self.stored(Self.owned(), provisioned: true)) == .blocked)
    }
}

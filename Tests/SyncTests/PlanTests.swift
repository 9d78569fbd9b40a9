import Apps
import Git
import JSONValues
import Kubernetes
import Testing

@testable import Sync

/// What is to be done about one app, out of what HEAD says and what the cluster has.
@Suite struct PlanTests {
    static let commit = "0123456789abcdef0123456789abcdef01234567"
    static let other = "ffffffffffffffffffffffffffffffffffffffff"

    /// What stands in the cluster.
    enum Seen: String, CaseIterable, Sendable {
        case none, same, otherSpec, otherCommit, extraField, otherLabel, foreignAnnotation, unmanaged, terminating
    }

    private func desired(_ id: AppID) -> Desired {
        Desired(id, manifest: Loop.json(id, 1), version: 1, commit: ObjectID(Self.commit))
    }

    private func observed(_ seen: Seen, _ id: AppID) throws -> ObservedGraph? {
        var object = desired(id).body
        object["metadata"]?["uid"] = "u"
        switch seen {
        case .none: return nil
        case .same: break
        case .otherSpec: object["spec"] = Loop.json(id, 2)["spec"]
        case .otherCommit:
            object["spec"] = Loop.json(id, 2)["spec"]
            object["metadata"]?["annotations"]?["rampart.petuum.com/commit"] = .string(Self.other)
        case .extraField: object["spec"]?["graph"]?["components"]?["extra"] = [:]
        case .otherLabel: object["metadata"]?["labels"]?["team"] = "vision"
        case .foreignAnnotation: object["metadata"]?["annotations"]?["example.com/note"] = "mine"
        case .unmanaged: object["metadata"]?["labels"] = [:]
        case .terminating: object["metadata"]?["deletionTimestamp"] = "2026-01-01T00:00:00Z"
        }
        return ObservedGraph(KubernetesObject(object))
    }

    @Test(
        arguments: [
            (.none, .apply(heals: false)), (.same, .nothing), (.otherSpec, .apply(heals: true)),
            (.otherCommit, .apply(heals: false)), (.extraField, .apply(heals: true)), (.otherLabel, .nothing),
            (.foreignAnnotation, .nothing), (.unmanaged, .apply(heals: false)),
            (.terminating, .wait("the resource is being deleted since 2026-01-01T00:00:00Z")),
        ] as [(Seen, Plan)])
    func whatHeadWants(_ seen: Seen, _ plan: Plan) throws {
        let id = try Loop.id("default_demo")
        let made = Plan.make(
            app: nil, desired: desired(id), observed: try observed(seen, id), memory: Plan.Memory())
        #expect(made == plan)
    }

    @Test(
        arguments: [
            (.none, .nothing), (.same, .prune(uid: "u")), (.otherSpec, .prune(uid: "u")), (.unmanaged, .adopt),
            (.terminating, .wait("the resource is being deleted since 2026-01-01T00:00:00Z")),
        ] as [(Seen, Plan)])
    func whatHeadDoesNotKnow(_ seen: Seen, _ plan: Plan) throws {
        let id = try Loop.id("default_demo")
        #expect(Plan.make(app: nil, desired: nil, observed: try observed(seen, id), memory: Plan.Memory()) == plan)
    }

    /// A field that the API server's schema does not know would otherwise be applied again and again.
    @Test func whatTheServerMadeOfItBeforeCounts() throws {
        let id = try Loop.id("default_demo")
        let (desired, observed) = (desired(id), try observed(.otherSpec, id))
        var memory = Plan.Memory()
        memory.accepted = (desired.specDigest, try #require(observed).specDigest)
        #expect(Plan.make(app: nil, desired: desired, observed: observed, memory: memory) == .nothing)
        memory.accepted?.wanted = SpecDigest("an older graph")
        #expect(Plan.make(app: nil, desired: desired, observed: observed, memory: memory) == .apply(heals: true))
    }

    /// A controller that replaces resources, deletes them, or applies a commit of its own takes away what shows that this
    /// service had applied the same before.
    @Test(arguments: [.none, .unmanaged, .otherCommit, .otherSpec] as [Seen])
    func whatWasAppliedBeforeIsHealed(_ seen: Seen) throws {
        let id = try Loop.id("default_demo")
        let desired = desired(id)
        func plan(_ observed: ObservedGraph?, _ change: (inout Plan.Memory) -> Void) -> Plan {
            var memory = Plan.Memory()
            memory.applied = desired.digest
            change(&memory)
            return Plan.make(app: nil, desired: desired, observed: observed, memory: memory)
        }
        let observed = try observed(seen, id)
        let plans = [
            plan(observed) { _ in }, plan(observed) { $0 = $0.withoutResource }, plan(observed) { $0.isNew = true },
            plan(observed) { $0.applied = 1 },
        ]
        // As it is, after a deletion, before the watch has brought it, and with another commit.
        #expect(plans == [true, true, false, seen == .otherSpec].map { .apply(heals: $0) })
    }

    @Test(arguments: [("9", false), ("11", true), ("10", true), ("x", true)])
    func whatTheWatchHasNotBroughtIsNoDrift(_ version: String, _ heals: Bool) throws {
        let id = try Loop.id("default_demo")
        var object = desired(id).body
        object["spec"] = Loop.json(id, 2)["spec"]
        object["metadata"]?["resourceVersion"] = .string(version)
        var memory = Plan.Memory()
        (memory.applied, memory.written) = (desired(id).digest, "10")
        let observed = ObservedGraph(KubernetesObject(object))
        let plan = Plan.make(app: nil, desired: desired(id), observed: observed, memory: memory)
        #expect(plan == .apply(heals: heals))
    }

    @Test(arguments: [
        (0, 0, false), (1, 1, false), (1, 2, false), (2, 2, true), (2, 3, true), (2, 4, false), (500, 1_000, false),
        (501, 1_000, true),
    ])
    func moreThanHalfIsHeld(_ candidates: Int, _ managed: Int, _ holds: Bool) {
        #expect(PruneGuard.holds(candidates: candidates, managed: managed) == holds)
        let held = PruneGuard.holds(candidates: candidates, managed: managed, isRewritten: true)
        #expect(held == (candidates > 0), "of a rewritten branch each deletion is held")
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #"{"a": 1}"#, nil), (#"{"a": 1, "b": 2}"#, #"{"a": 3}"#, #"{"b":null}"#),
        (#"{"a": {"x": 1, "y": 2}}"#, #"{"a": {"x": 1}}"#, #"{"a":{"y":null}}"#),
        (#"{"a": [1, 2]}"#, #"{"a": [1]}"#, nil), (#"{"a": {}}"#, #"{}"#, #"{"a":null}"#),
    ])
    func whatDoesNotBelongIsTakenOut(_ live: String, _ wanted: String, _ patch: String?) throws {
        let removals = Desired.removals(from: try JSON(parsing: live), wanted: try JSON(parsing: wanted))
        #expect(removals?.text() == patch)
    }

    /// The API server turns `1.0` into `1`, and a `deploy` that says what its absence says is no change.
    @Test(arguments: [
        (#"{"graph": {"x": 1.0}}"#, #"{"graph": {"x": 1}}"#, true),
        (#"{"graph": {"x": 1.5}}"#, #"{"graph": {"x": 1}}"#, false),
        (#"{"graph": {"x": 1, "y": 2}}"#, #"{"graph": {"y": 2, "x": 1}}"#, true),
        (#"{"graph": {"x": 1, "y": 2}}"#, #"{"graph": {"x": 2, "y": 1}}"#, false),
        (#"{"graph": {"x": [1, 2]}}"#, #"{"graph": {"x": [2, 1]}}"#, false),
        (#"{"graph": {"x": [[], [1]]}}"#, #"{"graph": {"x": [[1], []]}}"#, false),
        (#"{"graph": {"x": {"y": {}}}}"#, #"{"graph": {"x": {}, "y": {}}}"#, false),
        (#"{"graph": {"x": "1"}}"#, #"{"graph": {"x": 1}}"#, false),
        (#"{"graph": {"x": true}}"#, #"{"graph": {"x": 1}}"#, false),
        (#"{"graph": {"x": null}}"#, #"{"graph": {}}"#, false),
        (#"{"graph": {}, "deploy": true}"#, #"{"graph": {}}"#, true),
        (#"{"graph": {}, "deploy": false}"#, #"{"graph": {}}"#, false),
    ])
    func equalContentHasEqualDigests(_ left: String, _ right: String, _ isEqual: Bool) throws {
        let digests = (SpecDigest(try JSON(parsing: left)), SpecDigest(try JSON(parsing: right)))
        #expect((digests.0 == digests.1) == isEqual)
    }
}

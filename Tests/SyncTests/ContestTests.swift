import JSONValues
import Kubernetes
import Testing

@testable import Sync

/// How long a resource is left as it is that somebody else keeps changing.
@Suite struct ContestTests {
    private static let policy: ContestPolicy = {
        var policy = ContestPolicy()
        policy.free = 3
        policy.firstWait = .seconds(2)
        policy.longestWait = .seconds(10)
        policy.peace = .seconds(60)
        return policy
    }()

    @Test func theFirstFewAreHealedAtOnceThenTheWaitsGrow() {
        var contest = Contest(Self.policy)
        var now = Duration.seconds(1_000)
        var waits: [Duration] = []
        for _ in 0..<8 {
            contest.healed(at: now)
            let wait = contest.notBefore > .zero ? contest.notBefore - now : .zero
            waits.append(wait)
            now += wait + .seconds(1)
        }
        #expect(waits == [0, 0, 2, 4, 8, 10, 10, 10].map { .seconds($0) })
    }

    @Test func whatHasHeldForLongEndsIt() {
        var contest = Contest(Self.policy)
        for second in 1...3 { contest.healed(at: .seconds(second)) }
        #expect(contest.isOn)
        contest.healed(at: .seconds(64))
        #expect(!contest.isOn && contest.notBefore == .zero)
    }

    @Test func theOneWhoWroteLastIsNamed() {
        func entry(_ manager: String, _ time: String, _ subresource: String? = nil) -> JSON {
            var entry: JSON = ["manager": .string(manager), "time": .string(time)]
            if let subresource { entry["subresource"] = .string(subresource) }
            return entry
        }
        let object = KubernetesObject([
            "metadata": [
                "managedFields": [
                    entry("kubectl-edit", "2026-01-01T00:00:01Z"), entry("argocd-controller", "2026-01-01T00:00:05Z"),
                    entry("rampart-backend", "2026-01-01T00:00:09Z"),
                    entry("rampart-controller", "2026-01-01T00:00:08Z", "status"),
                ]
            ]
        ])
        #expect(Contest.other(than: "rampart-backend", in: object) == "argocd-controller")
        #expect(Contest.other(than: "rampart-backend", in: KubernetesObject([:])) == nil)
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #"{"a": 1}"#, nil), (#"{"a": {"b": 1, "c": 2}}"#, #"{"a": {"b": 1, "c": 3}}"#, "spec.a.c"),
        (#"{"a": [1]}"#, #"{"a": [2]}"#, "spec.a"), (#"{"a": 1, "b": 2}"#, #"{"a": 1}"#, "spec.b"),
        (#"{"a": 1, "b": 2}"#, #"{"b": 2, "a": 1}"#, nil),
    ])
    func theFieldIsNamed(_ left: String, _ right: String, _ path: String?) throws {
        let found = Contest.difference(try JSON(parsing: left), try JSON(parsing: right), at: "spec")
        #expect(found == path)
    }
}

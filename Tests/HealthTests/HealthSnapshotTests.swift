import Foundation
import HashTreeCollections
import Testing

@testable import Health

@Suite struct HealthSnapshotTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func snapshot(_ releases: [Release], _ pods: [WaitingPod] = []) -> HealthSnapshot {
        var snapshot = HealthSnapshot()
        snapshot.releasesProblem = nil
        snapshot.podsProblem = nil
        for release in releases {
            snapshot.releases[release.namespace, default: [:]]["\(release.name).v\(release.revision)"] = release
        }
        for pod in pods { snapshot.pods[pod.namespace, default: [:]][pod.name] = pod }
        return snapshot
    }

    private func release(_ status: String, _ revision: Int = 1, name: String = "component") -> Release {
        Release(name: name, namespace: "default-demo-board", status: status, revision: revision)
    }

    private func pod(_ age: TimeInterval, _ reason: String = "ImagePullBackOff", name: String = "board-0") -> WaitingPod
    {
        WaitingPod(
            name: name, namespace: "default-demo-board", reason: reason, since: Self.now.addingTimeInterval(-age))
    }

    /// The words and messages of the recorded exchanges 029 to 051.
    @Test(arguments: [
        ("deployed", NamespaceState.Word.normal, "Install complete"),
        ("failed", .error, "Release \"component\" failed"),
        ("pending-install", .deploying, "Initial install underway"),
        ("pending-upgrade", .deploying, "Upgrade underway"),
        ("uninstalling", .undeploying, "Uninstall underway"),
        ("uninstalled", .notFound, ""),
        ("dreaming", .unknown, "Helm says 'dreaming' of the release component"),
    ])
    func aReleaseTellsTheState(_ status: String, _ word: NamespaceState.Word, _ message: String) {
        let state = snapshot([release(status)]).state(of: "default-demo-board", at: Self.now)
        #expect(state == NamespaceState(word, message))
    }

    @Test func withoutAReleaseNothingIsFound() {
        #expect(snapshot([release("deployed")]).state(of: "elsewhere", at: Self.now) == NamespaceState(.notFound))
    }

    @Test func theNewestRevisionCounts() {
        let releases = [release("superseded", 1), release("failed", 3), release("superseded", 2)]
        #expect(snapshot(releases).state(of: "default-demo-board", at: Self.now).word == .error)
        let upgraded = snapshot([release("superseded", 1), release("deployed", 2)])
        #expect(upgraded.state(of: "default-demo-board", at: Self.now).message == "Upgrade complete")
    }

    @Test func ofSeveralReleasesTheComponentsOwnCounts() {
        let releases = [release("failed", 9, name: "sidecar"), release("deployed", 1)]
        #expect(snapshot(releases).state(of: "default-demo-board", at: Self.now).word == .normal)
    }

    @Test(arguments: [
        (0.0, NamespaceState.Word.transientError), (599, .transientError), (600, .persistentError),
        (86_400, .persistentError),
    ])
    func aPodMayWaitTenMinutes(_ age: TimeInterval, _ word: NamespaceState.Word) {
        let state = snapshot([release("deployed")], [pod(age)]).state(of: "default-demo-board", at: Self.now)
        #expect(state.word == word)
        #expect(state.message == "The pod board-0 of namespace default-demo-board is in ImagePullBackOff")
    }

    @Test func theLongestWaitingPodIsTold() {
        let pods = [pod(10, name: "a"), pod(700, "CrashLoopBackOff", name: "b")]
        let state = snapshot([release("deployed")], pods).state(of: "default-demo-board", at: Self.now)
        #expect(state.message.contains("The pod b "))
    }

    @Test func aReleaseThatIsNotWellComesBeforeItsPods() {
        let state = snapshot([release("failed")], [pod(10)]).state(of: "default-demo-board", at: Self.now)
        #expect(state.word == .error)
    }

    @Test func whatCannotBeReadIsUnknownWithTheReason() {
        var snapshot = snapshot([release("deployed")])
        snapshot.releasesProblem = "secrets is forbidden"
        #expect(
            snapshot.state(of: "default-demo-board", at: Self.now) == NamespaceState(.unknown, "secrets is forbidden"))
    }
}

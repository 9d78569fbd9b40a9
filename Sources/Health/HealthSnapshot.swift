public import Foundation
import HashTreeCollections

/// What the cluster was last seen to say of releases and pods; a value, cheap to take.
public struct HealthSnapshot: Sendable {
    var releases: TreeDictionary<String, [String: Release]> = [:]
    var pods: TreeDictionary<String, [String: WaitingPod]> = [:]
    /// Why releases are not known; nil while they are.
    public internal(set) var releasesProblem: String? = "the releases of the cluster have not been listed yet"
    /// Why pods are not known; nil while they are.
    public internal(set) var podsProblem: String? = "the pods of the cluster have not been listed yet"

    public init() {}

    /// The release in a namespace; nil where there is none.
    public func release(in namespace: String) -> Release? { releases[namespace].flatMap { Release.current($0.values) } }

    /// A pod of a namespace that waits, the oldest.
    public func waitingPod(in namespace: String) -> WaitingPod? {
        pods[namespace]?.values.min { ($0.since, $0.name) < ($1.since, $1.name) }
    }

    /// Until when a pod may wait before that counts as an error that stays.
    public static let patience: TimeInterval = 600

    /// How what runs in a namespace fares.
    public func state(of namespace: String, at now: Date) -> NamespaceState {
        if let problem = releasesProblem { return NamespaceState(.unknown, problem) }
        guard let release = release(in: namespace) else { return NamespaceState(.notFound) }
        switch release.status {
        case "deployed", "superseded": break
        case "failed": return NamespaceState(.error, "Release \"\(release.name)\" failed")
        case "uninstalled": return NamespaceState(.notFound)
        case "uninstalling": return NamespaceState(.undeploying, "Uninstall underway")
        case "pending-install": return NamespaceState(.deploying, "Initial install underway")
        case "pending-upgrade": return NamespaceState(.deploying, "Upgrade underway")
        case "pending-rollback": return NamespaceState(.deploying, "Rollback underway")
        default: return NamespaceState(.unknown, "Helm says '\(release.status)' of the release \(release.name)")
        }
        if let pod = waitingPod(in: namespace) {
            let message = "The pod \(pod.name) of namespace \(namespace) is in \(pod.reason)"
            return NamespaceState(
                now.timeIntervalSince(pod.since) < Self.patience ? .transientError : .persistentError, message)
        }
        return NamespaceState(.normal, release.revision > 1 ? "Upgrade complete" : "Install complete")
    }
}

/// How what runs in a namespace fares, in the UI's words.
public struct NamespaceState: Sendable, Hashable {
    public enum Word: String, Sendable, Hashable {
        case normal, deploying, undeploying, error, unknown
        case notFound = "not_found"
        case transientError = "transient_error"
        case persistentError = "persistent_error"
    }

    public let word: Word
    /// Why, in one sentence; empty where there is nothing to say.
    public let message: String

    public init(_ word: Word, _ message: String = "") {
        self.word = word
        self.message = message
    }
}

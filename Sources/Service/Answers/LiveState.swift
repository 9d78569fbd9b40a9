import Apps
import Git
import JSONValues
import Sync

/// How an app's active version stands, in the UI's words.
struct LiveState: Sendable, Hashable {
    enum Word: String, Sendable {
        case deploying, deployed, undeploying, undeployed, deleting, error, unknown
    }

    let word: Word
    /// Why, where there is something to say.
    let message: String?

    init(_ word: Word, _ message: String? = nil) {
        self.word = word
        self.message = message
    }

    /// - Parameter live: the app's live graph, deployed.
    init(_ live: LiveGraph, _ view: AppView) {
        if let sync = view.sync, sync.state == .failed {
            self.init(.error, sync.message)
            return
        }
        guard let observed = view.observed else {
            if view.hasSeenCluster {
                self.init(.deploying)
            } else {
                self.init(.unknown, "the cluster has not been reached since the service started")
            }
            return
        }
        if observed.isTerminating {
            self.init(.deleting)
        } else if observed.annotations[Self.commitAnnotation] != live.commit.description {
            self.init(.deploying)  // the resource still is as an earlier commit wanted it
        } else {
            self.init(status: observed.status, generation: observed.generation)
        }
    }

    private static let commitAnnotation = "rampart.petuum.com/commit"

    /// What the controller says of a resource.
    ///
    /// A controller that has not yet seen the newest generation speaks of an older one.
    init(status: JSON?, generation: Int64) {
        guard let phase = status?["phase"]?.string else {
            self.init(.deploying)
            return
        }
        if let seen = status?["observedGeneration"]?.int, seen < generation, phase != "Deleting" {
            self.init(.deploying)
            return
        }
        switch phase {
        case "Deploying": self.init(.deploying)
        case "Deployed": self.init(.deployed)
        case "Undeploying": self.init(.undeploying)
        case "Undeployed": self.init(.undeployed)
        case "Deleting": self.init(.deleting)
        case "Failed": self.init(.error, Self.reasons(status))
        default: self.init(.unknown, "the resource is in the phase \(phase), which this service does not know")
        }
    }

    /// What the controller says of a failure: its messages, or where it has none its reason in a word.
    private static func reasons(_ status: JSON?) -> String? {
        let messages: [String] =
            switch status?["messages"] {
            case .array(let list)?: list.compactMap { $0.string ?? $0.text() }
            case .string(let text)?: [text]
            case let other?: other.isNull ? [] : [other.text()]
            case nil: []
            }
        return messages.isEmpty ? status?["reason"]?.string : messages.joined(separator: ": ")
    }
}

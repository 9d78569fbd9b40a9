import JSONValues
import Kubernetes

/// Whether somebody else writes an app's resource again and again: a value without a clock of its own.
///
/// A change that somebody made by hand is healed at once. Another controller that is told something else would change it
/// back for ever, each time with an apply, an event and a look of everybody who watches; so the waits before healing grow
/// once it has been needed several times in a row. A newer commit is no healing and waits for nothing.
struct Contest: Sendable, Equatable {
    /// Heals in a row.
    private(set) var heals = 0
    private var last: Duration = .zero
    private let policy: ContestPolicy

    init(_ policy: ContestPolicy) { self.policy = policy }

    /// The time before which the resource is left as it is; zero where it is healed at once.
    var notBefore: Duration { heals < policy.free ? .zero : last + wait }

    /// Whether there is one: it has been healed as often as is done without a wait.
    var isOn: Bool { heals >= policy.free }

    /// The resource was healed.
    mutating func healed(at now: Duration) {
        // What has held for long is no contest any more.
        if now - last > max(policy.peace, wait * 2) { heals = 0 }
        heals += 1
        last = now
    }

    private var wait: Duration {
        guard heals >= policy.free else { return .zero }
        return min(policy.firstWait * Double(1 << min(heals - policy.free, 20)), policy.longestWait)
    }
}

/// How long a resource that somebody else keeps changing is left as it is.
public struct ContestPolicy: Sendable, Equatable {
    /// So many times in a row it is healed at once.
    public var free = 5
    /// The wait after that; it doubles with each further time.
    public var firstWait: Duration = .seconds(2)
    /// The longest wait between two heals.
    public var longestWait: Duration = .seconds(300)
    /// What holds for so long ends it.
    public var peace: Duration = .seconds(60)

    public init() {}
}

extension Contest {
    /// Who has last written fields of an object other than its status, apart from one field manager; nil where nobody has.
    static func other(than manager: String, in object: KubernetesObject) -> String? {
        object.managedFields
            .filter { ($0["subresource"]?.string ?? "").isEmpty && $0["manager"]?.string != manager }
            .max { $0["time"]?.string ?? "" < $1["time"]?.string ?? "" }?["manager"]?.string
    }

    /// Where two values first differ, as a path with dots; nil where they are equal.
    static func difference(_ left: JSON?, _ right: JSON?, at path: String) -> String? {
        if left == right { return nil }
        guard let one = left?.object, let other = right?.object else { return path }
        for name in Set(one.keys).union(other.keys).sorted() {
            if let found = difference(one[name], other[name], at: "\(path).\(name)") { return found }
        }
        // Other than in order they are equal.
        return nil
    }
}

extension Contest {
    /// Who does what to a resource, as far as it shows.
    struct Account: CustomStringConvertible {
        private(set) var who = "somebody"
        /// The field manager; nil where there is none but this service's own.
        private(set) var manager: String?
        /// What is changed.
        private(set) var place = "it"
        private var isGone = false

        /// - Parameter isGone: whether the resource is not there.
        init(isGone: Bool) { self.isGone = isGone }

        /// - Parameters:
        ///   - object: the resource as the other wants it.
        ///   - manager: the name under which this service owns fields.
        init(_ object: KubernetesObject, desired: Desired?, manager: String) {
            place = Contest.difference(object.spec, desired?.body["spec"], at: "spec") ?? "it"
            let commit = object.annotations[Desired.commitAnnotation]
            if let commit, commit != desired?.annotations[Desired.commitAnnotation] {
                // Who owned fields at some time does not matter then.
                who = "another service like this one, which applies the commit \(commit.prefix(7)),"
            } else if let other = Contest.other(than: manager, in: object) {
                self.manager = other
                who = "the field manager \(other)"
            }
        }

        var description: String { isGone ? "\(who) keeps deleting it" : "\(who) keeps changing \(place) back" }
    }
}

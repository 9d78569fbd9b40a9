import Apps

/// What is to be done about one app now. A pure decision of what HEAD says and what the cluster has.
enum Plan: Equatable, Sendable {
    /// The cluster has what it should.
    case nothing
    /// Write it; `heals` where the cluster had it before and somebody changed it.
    case apply(heals: Bool)
    /// Delete exactly this resource.
    case prune(uid: String)
    /// Take the resource into git.
    case adopt
    /// Something is on its way; the next change of the resource brings the app back here.
    case wait(String)

    /// What the loop remembers of an app between two looks.
    struct Memory: Equatable, Sendable {
        /// What the API server made of the `spec` that was last applied.
        var accepted: (wanted: String, got: String)?

        static func == (left: Memory, right: Memory) -> Bool {
            left.accepted?.wanted == right.accepted?.wanted && left.accepted?.got == right.accepted?.got
        }
    }

    static func make(app: App?, desired: Desired?, observed: ObservedGraph?, memory: Memory) -> Plan {
        guard let observed else { return desired == nil ? .nothing : .apply(heals: false) }
        if observed.isTerminating { return .wait("the resource is being deleted") }
        guard let desired else {
            return observed.isManaged ? .prune(uid: observed.uid) : .adopt
        }
        let accepted = memory.accepted.flatMap { $0.wanted == desired.specDigest ? $0.got : nil }
        if desired.isMet(by: observed, accepted: accepted) { return .nothing }
        // The same commit was applied before, so what differs is somebody else's doing.
        let isSameCommit =
            observed.annotations[Desired.commitAnnotation] == desired.annotations[Desired.commitAnnotation]
        return .apply(heals: isSameCommit && observed.isManaged)
    }
}

/// The guard before deletions: more than half of all resources at once is more often a wrong branch than a wish.
enum PruneGuard {
    /// - Parameters:
    ///   - candidates: how many resources HEAD does not know any more.
    ///   - managed: how many resources this service looks after, those included.
    static func holds(candidates: Int, managed: Int) -> Bool { candidates > 1 && candidates * 2 > managed }
}

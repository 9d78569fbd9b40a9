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

    /// Whether carrying it out changes the cluster or the graph repository.
    var writes: Bool {
        switch self {
        case .nothing, .wait: false
        case .apply, .prune, .adopt: true
        }
    }

    /// What the loop remembers of an app between two looks.
    struct Memory: Equatable, Sendable {
        /// What the API server made of the `spec` that was last applied.
        var accepted: (wanted: SpecDigest, got: SpecDigest)?
        /// The live commit and the resource that were last found equal, see ``Plan/fingerprint(_:_:)``.
        var met: Int?
        /// Whether the resource was made just now and what the API server made of it is not known yet.
        var isNew = false
        /// What this process applied last, see ``Desired/digest``.
        var applied: Int?
        /// The resource version that the last write made; nil where that is not known.
        var written: String?

        static func == (left: Memory, right: Memory) -> Bool {
            left.accepted?.wanted == right.accepted?.wanted && left.accepted?.got == right.accepted?.got
                && left.met == right.met && left.isNew == right.isNew && left.applied == right.applied
                && left.written == right.written
        }

        /// What is left of it when the resource has gone.
        var withoutResource: Memory {
            var memory = Memory()
            memory.applied = applied
            return memory
        }
    }

    /// Stands for a live graph and a resource. Where a pair was found equal before, it need not be compared again: most
    /// looks follow a change of status only, and comparing means to read and hash the whole graph.
    static func fingerprint(_ live: LiveGraph, _ observed: ObservedGraph) -> Int {
        fingerprint(live, observed.specDigest, observed.labels, observed.annotations)
    }

    /// The fingerprint that a resource will have if the API server changes nothing about it.
    static func fingerprint(_ live: LiveGraph, _ desired: Desired) -> Int {
        fingerprint(
            live, desired.specDigest, desired.labels, desired.annotations.filter { $0.value.utf8.count <= 1_024 })
    }

    private static func fingerprint(
        _ live: LiveGraph, _ spec: SpecDigest, _ labels: [String: String], _ annotations: [String: String]
    ) -> Int {
        var hasher = Hasher()
        hasher.combine(live.commit)
        hasher.combine(live.version)
        hasher.combine(spec)
        hasher.combine(labels)
        hasher.combine(annotations)
        return hasher.finalize()
    }

    static func make(app: App?, desired: Desired?, observed: ObservedGraph?, memory: Memory) -> Plan {
        // Applied by this process before, or seen with this very commit: what differs is somebody else's doing.
        let wasApplied = memory.applied != nil && memory.applied == desired?.digest
        guard let observed else {
            return desired == nil ? .nothing : .apply(heals: wasApplied && !memory.isNew)
        }
        if let deletion = observed.deletion { return .wait("\(deletion)") }
        guard let desired else {
            return observed.isManaged ? .prune(uid: observed.uid) : .adopt
        }
        let accepted = memory.accepted.flatMap { $0.wanted == desired.specDigest ? $0.got : nil }
        if desired.isMet(by: observed, accepted: accepted) { return .nothing }
        let hasSameCommit =
            observed.annotations[Desired.commitAnnotation] == desired.annotations[Desired.commitAnnotation]
        // Nor is it drift that the watch has not brought the last write yet.
        let isNews = !memory.isNew && !observed.isOlder(than: memory.written)
        return .apply(heals: isNews && (wasApplied || hasSameCommit && observed.isManaged))
    }
}

/// The guard before deletions: more than half of all resources at once is more often a wrong branch than a wish.
enum PruneGuard {
    /// - Parameters:
    ///   - candidates: how many resources HEAD does not know any more.
    ///   - managed: how many resources this service looks after, those included.
    ///   - isRewritten: whether the branch was rewritten and nobody has confirmed that: then each deletion is held.
    static func holds(candidates: Int, managed: Int, isRewritten: Bool = false) -> Bool {
        if isRewritten { return candidates > 0 }
        return candidates > 1 && candidates * 2 > managed
    }
}

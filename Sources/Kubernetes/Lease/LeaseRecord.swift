import JSONValues

/// What a Lease says (`coordination.k8s.io/v1`).
struct LeaseRecord: Sendable, Hashable {
    /// Who holds it; empty where it was given back.
    var holder: String
    /// For how long it is to be left alone after its last change.
    var duration: Duration
    /// When its holder took it, as the API server wrote it.
    var acquired: String
    /// How often it went from one holder to another.
    var transitions: Int64
    /// Changes with every renewal.
    var resourceVersion: String

    init(_ object: KubernetesObject) {
        let spec = object.spec ?? [:]
        holder = spec["holderIdentity"]?.string ?? ""
        duration = .seconds(max(1, spec["leaseDurationSeconds"]?.int ?? 15))
        acquired = spec["acquireTime"]?.string ?? ""
        transitions = spec["leaseTransitions"]?.int ?? 0
        resourceVersion = object.resourceVersion
    }

    init(holder: String, duration: Duration, acquired: String, transitions: Int64, resourceVersion: String) {
        self.holder = holder
        self.duration = duration
        self.acquired = acquired
        self.transitions = transitions
        self.resourceVersion = resourceVersion
    }
}

import Kubernetes

/// What Helm says of one revision of a release, in the labels of the Secret that it keeps it in.
public struct Release: Sendable, Hashable {
    public let name: String
    public let namespace: String
    /// As Helm words it: `deployed`, `failed`, `pending-install`, `uninstalling`, …
    public let status: String
    /// Counts the installs and upgrades of a release.
    public let revision: Int
    /// The name of the Secret.
    public let secret: String
    /// The Secret's identity, and what changes with every change of it.
    let uid: String
    let resourceVersion: String

    public init(name: String, namespace: String, status: String, revision: Int) {
        self.init(
            name: name, namespace: namespace, status: status, revision: revision,
            secret: "sh.helm.release.v1.\(name).v\(revision)", uid: "", resourceVersion: "")
    }

    private init(
        name: String, namespace: String, status: String, revision: Int, secret: String, uid: String,
        resourceVersion: String
    ) {
        self.name = name
        self.namespace = namespace
        self.status = status
        self.revision = revision
        self.secret = secret
        self.uid = uid
        self.resourceVersion = resourceVersion
    }

    /// Whether it is neither there nor gone, so that Helm's own words say more than its state.
    public var isUnsettled: Bool { status == "failed" || status.hasPrefix("pending-") }

    /// - Returns: nil where the Secret is none of Helm's.
    init?(_ secret: KubernetesObject) {
        guard let namespace = secret.namespace, secret.label("owner") == "helm", let name = secret.label("name"),
            let status = secret.label("status")
        else { return nil }
        self.init(
            name: name, namespace: namespace, status: status,
            revision: secret.label("version").flatMap { Int($0) } ?? 0, secret: secret.name, uid: secret.uid,
            resourceVersion: secret.resourceVersion)
    }

    /// The release of a namespace: of several the one called `component`, as Rampart's controller calls them; the newest
    /// revision that is not superseded by another.
    static func current(_ revisions: some Sequence<Release>) -> Release? {
        revisions.max { left, right in
            let (first, second) = (left.name == "component", right.name == "component")
            return first == second ? left.revision < right.revision : second
        }
    }
}

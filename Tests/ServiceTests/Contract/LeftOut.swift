/// Recorded steps that are not walked, each with the reason. All are events beside the API: every recorded request is sent.
///
/// A step that stands here and is walked all the same fails the walk, and so does one that is neither.
enum LeftOut {
    static let all: [String: String] = [
        "controller-deployed": played, "controller-deploying-version-2": played,
        "controller-deployed-version-2": played, "controller-deployed-older-version": played,
        "controller-undeploying": played, "controller-undeployed": played, "controller-deleting": played,
        "controller-failed-validation": played, "phase-undeployed": played, "controller-deployed-applied": played,
        "restart-before-third-save": restarted, "restart-before-reading": restarted,
        "restart-grafana-back": restarted, "restart-one-gpu-metric": restarted,
        "cluster-numbers": "the recorder looked at the cluster; nothing happened and nothing was asked",
        "watch-idle-130-s":
            "130 s in which the old watch began anew twice; there is no such watch here (#17), and the informer's tests "
            + "have what takes its place",
    ]

    private static let played = "the walk gives each resource the status that the next answer shows"
    private static let restarted = "there it emptied caches; reads are never stale here (#2)"
}

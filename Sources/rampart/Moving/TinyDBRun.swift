import Apps
import Git
import Migration

/// Carries the Python service's files over.
struct TinyDBRun {
    /// Nil where there is no repository yet and none is to be made.
    let store: AppStore?
    let folder: String
    let author: Signature
    let dryRun: Bool

    func run() async throws -> ImportReport {
        Terminal.note("· reading \(folder)")
        let plan = try TinyDBImport(reading: folder, onto: store?.snapshot, author: author)
        var report = plan.report
        Terminal.note(
            "  \(report.apps) apps, \(report.versions) versions, \(report.configs) node configs to carry over")
        guard !dryRun, let store, !plan.acts.isEmpty else { return report }
        Terminal.note("· committing \(plan.acts.count) acts of the past")
        let outcomes = await store.replay(plan.acts)
        for (act, outcome) in zip(plan.acts, outcomes) {
            guard case .failure(let error) = outcome else { continue }
            if case .storage = error { throw Failure("nothing was committed: \(error)") }
            report.note(.leftOut, String(act.trailer.drop { $0 != " " }.dropFirst()), "\(error)")
        }
        Terminal.note("  \(store.snapshot.apps.count) apps at \(store.snapshot.head?.short ?? "no commit")")
        return report
    }
}

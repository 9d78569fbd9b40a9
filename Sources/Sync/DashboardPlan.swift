import Apps
import Grafana

/// What is to be done about one dashboard now. A pure decision of what is wanted and what Grafana has.
enum DashboardPlan: Equatable, Sendable {
    /// Grafana has what it should.
    case nothing
    case create
    /// Write over this version; `heals` where somebody has changed the dashboard.
    case update(version: Int64, heals: Bool)
    /// Somebody has changed it, and it stays so.
    case leave
    /// It comes from a file beside Grafana and cannot be changed.
    case blocked

    /// What was last found or made right.
    struct Settled: Equatable, Sendable {
        var digest: String
        var version: Int64
    }

    /// - Parameters:
    ///   - folder: where it is to lie; nil where that does not matter.
    ///   - settled: what this process remembers of it.
    static func make(
        _ desired: OwnedDashboard, folder: String?, observed: StoredDashboard?, settled: Settled?,
        edits: RepositorySettings.DashboardEdits
    ) -> DashboardPlan {
        guard let observed else { return .create }
        let isAsWritten = settled?.version == observed.version
        // Also where Grafana has made something else of what was written: writing it again would not help.
        let isMet = isAsWritten && settled?.digest == desired.digest || desired.isMet(by: observed)
        if isMet, folder == nil || folder == observed.folder { return .nothing }
        if observed.isProvisioned { return .blocked }
        let isEdited = !isAsWritten && isEdited(observed, desired, isMet: isMet)
        if isEdited, edits == .leave { return .leave }
        return .update(version: observed.version, heals: isEdited)
    }

    /// Whether somebody has changed a dashboard since it was written.
    private static func isEdited(_ observed: StoredDashboard, _ desired: OwnedDashboard, isMet: Bool) -> Bool {
        guard let written = OwnedDashboard.writtenDigest(of: observed) else { return true }
        // What was written there is what is wanted: either its content or its folder is somebody else's doing.
        if written == desired.digest { return true }
        return OwnedDashboard.contentDigest(of: observed) != written
    }
}

public import Git
import HashTreeCollections

/// A Grafana dashboard that lies in an app's folder.
public struct DashboardFile: Sendable, Hashable {
    /// The file's name in the folder `dashboards`, ending on `.json`.
    public let name: String
    /// Its content.
    public let blob: ObjectID

    /// The largest file that is read.
    public static let maximumSize = 1 << 20
}

extension AppStore {
    /// The content of a dashboard's file; nil where it is larger than ``DashboardFile/maximumSize``.
    public nonisolated func content(of file: DashboardFile) async throws(GitError) -> [UInt8]? {
        try await reads.content(of: file)
    }
}

extension History {
    /// Takes what a commit did to a dashboard's file.
    ///
    /// - Parameter blob: the content it has now; nil where it is gone.
    mutating func takeDashboard(_ id: AppID, name: String, _ blob: ObjectID?) {
        var files = (snapshot.dashboards[id] ?? []).filter { $0.name != name }
        if let blob { files.append(DashboardFile(name: name, blob: blob)) }
        snapshot.dashboards[id] = files.isEmpty ? nil : files.sorted { $0.name < $1.name }
    }
}

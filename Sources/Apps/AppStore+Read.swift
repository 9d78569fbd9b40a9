public import Git
import HashTreeCollections

extension AppStore {
    /// The manifest of a version, as it was committed.
    public nonisolated func versionGraph(_ id: AppID, _ number: Int) async throws(ActError) -> GraphText {
        guard let app = snapshot.apps[id] else { throw .unknownApp(id) }
        guard let version = app.version(number) else { throw .unknownVersion(id, number) }
        if let live = app.live, live.blob == version.blob { return live.graph }
        if let draft = app.draft, draft.blob == version.blob { return draft.graph }
        do {
            return try await reads.text(of: version)
        } catch {
            throw .storage(error.description)
        }
    }

    /// The commits of the branch that touched an app, the newest first; empty for an app that never was.
    public nonisolated func log(_ id: AppID) async throws(GitError) -> [LogEntry] {
        guard let head = snapshot.head else { return [] }
        return try await reads.log(id, head: head)
    }

    /// Writes the index files of the newest apps into a folder.
    public nonisolated func writeIndex(to folder: String, _ dialect: IndexDialect = .json) async throws {
        try await index.writeFiles(of: snapshot, to: folder, dialect)
    }
}

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
        try await log(id, limit: Int.max, before: nil)?.entries ?? []
    }

    /// A page of the commits that touched an app. What it takes grows with the page, not with the history.
    ///
    /// - Parameters:
    ///   - limit: how many commits at most.
    ///   - before: ``LogPage/next`` of the page before.
    /// - Returns: nil where the app's history does not have that commit; an empty page for an app that never was.
    public nonisolated func log(_ id: AppID, limit: Int, before: ObjectID?) async throws(GitError) -> LogPage? {
        guard let touches = snapshot.touches[id] else { return LogPage(entries: [], next: nil) }
        return try await reads.page(id, touches, limit: limit, before: before)
    }

    /// The newest commits that had touched an app at a snapshot.
    ///
    /// - Parameter limit: how many at most.
    public nonisolated func log(_ id: AppID, in snapshot: Snapshot, limit: Int) async throws(GitError) -> [LogEntry] {
        guard let touches = snapshot.touches[id] else { return [] }
        return try await reads.page(id, touches, limit: limit, before: nil)?.entries ?? []
    }

    /// The author and the first line of the message of a commit; nil where it is none of the repository.
    public nonisolated func author(of commit: ObjectID) async -> (name: String, subject: String)? {
        await reads.author(of: commit)
    }

    /// The commit that a full id or an abbreviation of at least seven digits names.
    ///
    /// - Throws: ``ActError/unknownCommit(_:)``, ``ActError/ambiguousCommit(_:)``.
    public nonisolated func commit(abbreviated text: String) async throws(ActError) -> ObjectID {
        try await reads.commit(abbreviated: text)
    }

    /// What undoing a commit would come to now; nothing is written.
    ///
    /// - Throws: what ``perform(_:by:expecting:)`` with ``Act/revert(_:)`` would.
    public nonisolated func preview(
        _ revert: Revert, asAdmin: Bool = false
    ) async throws(ActError) -> RevertPreview {
        try await reads.preview(revert, on: snapshot, minding: !asAdmin)
    }

    /// Writes the index files of the newest apps into a folder.
    public nonisolated func writeIndex(to folder: String, _ dialect: IndexDialect = .json) async throws {
        try await index.writeFiles(of: snapshot, to: folder, dialect)
    }
}

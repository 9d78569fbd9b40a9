import Git
import HashTreeCollections

extension HistoryReads {
    /// The commit that a full id or an abbreviation of it names.
    func commit(abbreviated text: String) throws(ActError) -> ObjectID {
        let found: ObjectID?
        do throws(GitError) {
            found = try repository().commit(abbreviated: text)
        } catch {
            throw error.code == .ambiguous ? .ambiguousCommit(text) : .storage(error.description)
        }
        guard let found else { throw .unknownCommit(text) }
        return found
    }

    /// What undoing a commit would come to on top of a snapshot.
    func preview(
        _ revert: Revert, on snapshot: Snapshot, minding readOnly: Bool
    ) throws(ActError) -> RevertPreview {
        let repository: Repository
        do throws(GitError) { repository = try self.repository() } catch { throw .storage(error.description) }
        defer { repository.forgetUnflushed() }
        let plan = try Reverter(repository: repository).plan(revert, on: History(snapshot), minding: readOnly)
        return RevertPreview(
            apps: Dictionary(uniqueKeysWithValues: plan.apps.map { ($0.id, $0.after) }), needs: plan.needs)
    }
}

public import Git
import Remotes

extension AppStore {
    /// Proposes an act: one commit by the author on a branch of its own, durable before this returns, and on the remote
    /// where there is one. What is applied does not change.
    ///
    /// - Parameters:
    ///   - expecting: the app's ``App/lastCommit`` that the caller has seen; nil to go ahead in any case.
    ///   - asAdmin: whether the author may change what is read-only.
    /// - Returns: nil where everything is already as the act wants it.
    public func propose(
        _ act: Act, by author: Signature, expecting: ObjectID? = nil, asAdmin: Bool = false
    ) async throws(ActError) -> Proposal? {
        if let remote, remote.settings.isReadOnly { throw .remote(Self.isReadOnly(remote)) }
        let outcome = graphs.propose(Request(act: act, author: author, expecting: expecting, asAdmin: asAdmin))
        publish()
        guard let proposal = try outcome.get() else { return nil }
        guard let remote else { return proposal }
        let settings = remote.settings
        do throws(RemoteError) {
            try await settings.transport.push(
                proposal.commit, of: remote.repository, to: proposal.branch, expecting: nil,
                patience: Self.patience(until: .now + settings.timeout * 2, silence: settings.timeout))
        } catch {
            // Nobody would see it here; the same act proposed again makes it again.
            if proposal.isNew { try? graphs.withdraw(proposal) }
            throw .remote(error)
        }
        return proposal
    }
}

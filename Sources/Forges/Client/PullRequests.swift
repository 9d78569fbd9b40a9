/// Opens pull requests, as whoever proposes changes needs it.
public protocol PullRequests: Sendable {
    /// Opens a pull request, or finds the one that is open already.
    func propose(_ draft: PullRequestDraft) async throws(ForgeError) -> PullRequest
}

extension ForgeClient: PullRequests {}

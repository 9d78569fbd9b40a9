import JSONValues
import URLText

/// Bitbucket Cloud's REST API, version 2.0 (<https://developer.atlassian.com/cloud/bitbucket/rest/>): build statuses
/// and pull requests. Bitbucket Data Center has another API, which is not spoken here.
struct BitbucketDialect: ForgeDialect {
    let repository: String

    static let longestDescription = 255
    /// The longest key of a build status.
    static let longestKey = 40

    private var base: String { "/repositories/" + Encoded.path(repository) }

    /// A token of its own, or `user:password` of an app.
    func credentials(_ token: String) -> [(name: String, value: String)] {
        [("Authorization", token.contains(":") ? "Basic \(Base64.encode(token))" : "Bearer \(token)")]
    }

    func setStatus(_ status: CommitStatus, of commit: String) -> ForgeCall {
        let state =
            switch status.state {
            case .pending: "INPROGRESS"
            case .success: "SUCCESSFUL"
            case .failure: "FAILED"
            }
        let page = "https://bitbucket.org/\(repository)/commits/\(commit)"
        return .post(
            "\(base)/commit/\(commit)/statuses/build",
            [
                "key": .string(status.name.cut(to: Self.longestKey)), "state": .string(state),
                "name": .string(status.name), "url": .string(status.target ?? page),
                "description": .string(status.description.cut(to: Self.longestDescription)),
            ])
    }

    func open(_ draft: PullRequestDraft) -> ForgeCall {
        .post(
            "\(base)/pullrequests",
            [
                "title": .string(draft.title.cut(to: 255)), "description": .string(draft.text),
                "source": ["branch": ["name": .string(draft.branch)]],
                "destination": ["branch": ["name": .string(draft.base)]], "close_source_branch": true,
            ])
    }

    /// Bitbucket never refuses a second one: it answers with the one that is there, as it now is.
    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 409 }

    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        let quoted = branch.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let query = PercentEncoding.encode("source.branch.name=\"\(quoted)\" AND state=\"OPEN\"")
        return .get("\(base)/pullrequests?q=\(query)&page=\(page)")
    }

    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest? {
        reply.json["values"]?.array?.first {
            $0.at("source", "branch", "name")?.string == branch
                && $0.at("destination", "branch", "name")?.string == base
        }.flatMap(pullRequest)
    }

    func hasMore(_ reply: ForgeReply) -> Bool { reply.json["next"]?.string != nil }

    func pullRequest(_ json: JSON) -> PullRequest? {
        pullRequest(number: json["id"], url: json.at("links", "html", "href"))
    }

    func message(_ reply: ForgeReply) -> String? {
        guard let message = reply.json.at("error", "message")?.string else { return nil }
        return [message, reply.json.at("error", "detail")?.string].compactMap { $0 }.joined(separator: ": ")
    }
}

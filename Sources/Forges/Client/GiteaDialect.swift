import JSONValues
import URLText

/// The REST API of Gitea and Forgejo, version 1: <https://docs.gitea.com/api>,
/// <https://forgejo.org/docs/latest/user/api-usage/>.
struct GiteaDialect: ForgeDialect {
    let repository: String

    /// The longest description of a status that is sent; the API names no limit.
    static let longestDescription = 255
    private static let pageLength = 50

    private var base: String { "/repos/" + Encoded.path(repository) }

    func credentials(_ token: String) -> [(name: String, value: String)] { [("Authorization", "token \(token)")] }

    func setStatus(_ status: CommitStatus, of commit: String) -> ForgeCall {
        var body: JSON = [
            "state": .string(status.state.rawValue), "context": .string(status.name),
            "description": .string(status.description.cut(to: Self.longestDescription)),
        ]
        if let target = status.target { body["target_url"] = .string(target) }
        return .post("\(base)/statuses/\(commit)", body)
    }

    func open(_ draft: PullRequestDraft) -> ForgeCall {
        .post(
            "\(base)/pulls",
            [
                "title": .string(draft.title.cut(to: 255)), "head": .string(draft.branch), "base": .string(draft.base),
                "body": .string(draft.text),
            ])
    }

    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 409 }

    /// The list knows no filter by branch in all versions that are in use, so it is gone through.
    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        .get("\(base)/pulls?state=open&sort=recentupdate&page=\(page)&limit=\(Self.pageLength)")
    }

    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest? {
        reply.json.array?.first { $0.at("head", "ref")?.string == branch && $0.at("base", "ref")?.string == base }
            .flatMap(pullRequest)
    }

    func hasMore(_ reply: ForgeReply) -> Bool { !(reply.json.array ?? []).isEmpty }

    func pullRequest(_ json: JSON) -> PullRequest? { pullRequest(number: json["number"], url: json["html_url"]) }

    func message(_ reply: ForgeReply) -> String? { reply.json["message"]?.string }
}

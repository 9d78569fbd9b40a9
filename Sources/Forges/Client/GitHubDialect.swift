import JSONValues
import URLText

/// GitHub's REST API, version 2022-11-28 (<https://docs.github.com/rest>): commit statuses and pulls.
struct GitHubDialect: ForgeDialect {
    let repository: String

    /// The longest description of a status.
    static let longestDescription = 140

    private var base: String { "/repos/" + Encoded.path(repository) }
    private var owner: String { String(repository.prefix { $0 != "/" }) }

    func credentials(_ token: String) -> [(name: String, value: String)] { [("Authorization", "Bearer \(token)")] }

    var headers: [(name: String, value: String)] {
        [("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")]
    }

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

    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 422 }

    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        let head = PercentEncoding.encode("\(owner):\(branch)")
        return .get("\(base)/pulls?state=open&head=\(head)&base=\(PercentEncoding.encode(target))")
    }

    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest? {
        // A server that does not know the filters sends them all: look again.
        reply.json.array?.first { $0.at("head", "ref")?.string == branch && $0.at("base", "ref")?.string == base }
            .flatMap(pullRequest)
    }

    func pullRequest(_ json: JSON) -> PullRequest? { pullRequest(number: json["number"], url: json["html_url"]) }

    func message(_ reply: ForgeReply) -> String? {
        guard let message = reply.json["message"]?.string else { return nil }
        let details = (reply.json["errors"]?.array ?? []).compactMap { error -> String? in
            if let text = error["message"]?.string ?? error.string { return text }
            guard let field = error["field"]?.string else { return nil }
            return "\(field) is \(error["code"]?.string ?? "wrong")"
        }
        return ([message] + details).joined(separator: ": ")
    }
}

/// Names in paths.
enum Encoded {
    /// `owner/name` with each part encoded.
    static func path(_ name: String) -> String {
        name.split(separator: "/").map { PercentEncoding.encode(String($0)) }.joined(separator: "/")
    }
}

import JSONValues

/// What Gitea and Forgejo have taken over from GitHub: statuses of commits and pulls, their paths and fields.
protocol GitHubLikeDialect: ForgeDialect {
    /// The longest description of a status.
    static var longestDescription: Int { get }
}

extension GitHubLikeDialect {
    /// The path of the repository.
    var base: String { "/repos/" + Encoded.path(repository) }

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

    /// Looked for by branch here too: a server that does not know the filters sends all.
    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest? {
        reply.json.array?.first { $0.at("head", "ref")?.string == branch && $0.at("base", "ref")?.string == base }
            .flatMap(pullRequest)
    }

    func pullRequest(_ json: JSON) -> PullRequest? { pullRequest(number: json["number"], url: json["html_url"]) }
}

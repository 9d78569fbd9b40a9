import JSONValues
import URLText

/// GitLab's REST API, version 4 (<https://docs.gitlab.com/api/rest/>): commit statuses and merge requests.
struct GitLabDialect: ForgeDialect {
    let repository: String

    /// The longest description of a status.
    static let longestDescription = 255

    private var base: String { "/projects/" + PercentEncoding.encode(repository) }

    func credentials(_ token: String) -> [(name: String, value: String)] { [("PRIVATE-TOKEN", token)] }

    func setStatus(_ status: CommitStatus, of commit: String) -> ForgeCall {
        let state =
            switch status.state {
            case .pending: "pending"
            case .success: "success"
            case .failure: "failed"
            }
        var body: JSON = [
            "state": .string(state), "name": .string(status.name),
            "description": .string(status.description.cut(to: Self.longestDescription)),
        ]
        if let target = status.target { body["target_url"] = .string(target) }
        return .post("\(base)/statuses/\(commit)", body)
    }

    /// GitLab refuses to say the same twice: "Cannot transition status via :enqueue from :pending".
    func isSetAlready(_ reply: ForgeReply) -> Bool {
        reply.status == 400 && (message(reply) ?? "").contains("Cannot transition status")
    }

    func open(_ draft: PullRequestDraft) -> ForgeCall {
        .post(
            "\(base)/merge_requests",
            [
                "source_branch": .string(draft.branch), "target_branch": .string(draft.base),
                "title": .string(draft.title.cut(to: 255)), "description": .string(draft.text),
                "remove_source_branch": true,
            ])
    }

    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 409 }

    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        let (source, target) = (PercentEncoding.encode(branch), PercentEncoding.encode(target))
        return .get("\(base)/merge_requests?state=opened&source_branch=\(source)&target_branch=\(target)")
    }

    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest? {
        reply.json.array?.first {
            $0["source_branch"]?.string == branch && $0["target_branch"]?.string == base
        }.flatMap(pullRequest)
    }

    func pullRequest(_ json: JSON) -> PullRequest? { pullRequest(number: json["iid"], url: json["web_url"]) }

    /// `message` is a text, a list, or an object of lists by field; OAuth failures have `error_description`.
    func message(_ reply: ForgeReply) -> String? {
        switch reply.json["message"] ?? reply.json["error_description"] ?? reply.json["error"] {
        case .string(let text)?: text
        case .array(let list)?: list.map { $0.string ?? $0.text() }.joined(separator: ", ")
        case .object(let fields)?:
            fields.map { name, problems in
                let list = (problems.array ?? [problems]).map { $0.string ?? $0.text() }
                return "\(name) \(list.joined(separator: ", "))"
            }.joined(separator: "; ")
        default: nil
        }
    }
}

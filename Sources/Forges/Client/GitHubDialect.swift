import JSONValues
import URLText

/// GitHub's REST API, version 2022-11-28 (<https://docs.github.com/rest>): commit statuses and pulls.
struct GitHubDialect: GitHubLikeDialect {
    let repository: String

    static let longestDescription = 140

    private var owner: String { String(repository.prefix { $0 != "/" }) }

    func credentials(_ token: String) -> [(name: String, value: String)] { [("Authorization", "Bearer \(token)")] }

    var headers: [(name: String, value: String)] {
        [("Accept", "application/vnd.github+json"), ("X-GitHub-Api-Version", "2022-11-28")]
    }

    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 422 }

    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        let head = PercentEncoding.encode("\(owner):\(branch)")
        return .get("\(base)/pulls?state=open&head=\(head)&base=\(PercentEncoding.encode(target))")
    }

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

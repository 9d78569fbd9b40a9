import JSONValues

/// The REST API of Gitea and Forgejo, version 1: <https://docs.gitea.com/api>,
/// <https://forgejo.org/docs/latest/user/api-usage/>.
struct GiteaDialect: GitHubLikeDialect {
    let repository: String

    /// The API names no limit.
    static let longestDescription = 255
    private static let pageLength = 50

    func credentials(_ token: String) -> [(name: String, value: String)] { [("Authorization", "token \(token)")] }

    func mayExist(_ reply: ForgeReply) -> Bool { reply.status == 409 }

    /// The list knows no filter by branch in all versions that are in use, so it is gone through.
    func find(branch: String, base target: String, page: Int) -> ForgeCall {
        .get("\(base)/pulls?state=open&sort=recentupdate&page=\(page)&limit=\(Self.pageLength)")
    }

    func hasMore(_ reply: ForgeReply) -> Bool { !(reply.json.array ?? []).isEmpty }

    func message(_ reply: ForgeReply) -> String? { reply.json["message"]?.string }
}

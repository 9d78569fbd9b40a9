import JSONValues

/// A request to a forge's API, before it is sent.
struct ForgeCall: Sendable, Hashable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    var method: Method
    /// Below the API's base, with its query, percent-encoded.
    var path: String
    var body: JSON?

    static func get(_ path: String) -> ForgeCall { ForgeCall(method: .get, path: path) }
    static func post(_ path: String, _ body: JSON) -> ForgeCall { ForgeCall(method: .post, path: path, body: body) }
}

/// An answer of a forge's API.
struct ForgeReply: Sendable {
    var status: Int
    /// Null where the body is no JSON.
    var json: JSON = .null
    /// The headers that matter, by their names in small letters.
    var headers: [String: String] = [:]
}

/// How one forge says things: pure functions from what is wanted to requests, and from answers to what they mean.
protocol ForgeDialect: Sendable {
    /// `owner/name`.
    var repository: String { get }
    /// The headers that show who asks.
    func credentials(_ token: String) -> [(name: String, value: String)]
    /// Headers of every request beside.
    var headers: [(name: String, value: String)] { get }

    func setStatus(_ status: CommitStatus, of commit: String) -> ForgeCall
    /// Whether a refusal means that the status is as it was wanted.
    func isSetAlready(_ reply: ForgeReply) -> Bool
    func open(_ draft: PullRequestDraft) -> ForgeCall
    /// Whether a refusal may mean that there is one already.
    func mayExist(_ reply: ForgeReply) -> Bool
    /// - Parameter page: from 1.
    func find(branch: String, base: String, page: Int) -> ForgeCall
    /// The open one of a branch in an answer to ``find(branch:base:page:)``.
    func found(_ reply: ForgeReply, branch: String, base: String) -> PullRequest?
    /// Whether there may be more behind a page.
    func hasMore(_ reply: ForgeReply) -> Bool
    func pullRequest(_ json: JSON) -> PullRequest?
    /// What an answer says is wrong, in the forge's words.
    func message(_ reply: ForgeReply) -> String?
}

extension ForgeDialect {
    var headers: [(name: String, value: String)] { [] }
    func isSetAlready(_ reply: ForgeReply) -> Bool { false }
    func hasMore(_ reply: ForgeReply) -> Bool { false }

    /// A number and the address of a page, which has to be one.
    func pullRequest(number: JSON?, url: JSON?) -> PullRequest? {
        guard let number = number?.int, let url = url?.string else { return nil }
        let lower = url.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { return nil }
        return PullRequest(number: Int(number), url: url)
    }
}

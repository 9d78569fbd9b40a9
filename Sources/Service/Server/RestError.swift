import Apps
import Git
import Graphs
import Hummingbird
import JSONValues
import Remotes

/// What a client is told instead of what it asked for; always a JSON object with a `message` for people.
///
/// `state`, a word for programs, and `detail`, a list of what is wrong with a body, stand where the service that the
/// UI was written for had them.
struct RestError: Error, Sendable {
    var status: HTTPResponse.Status
    var state: String?
    var message: String
    var detail: JSON?
    /// Members of the answer beside these, for programs: the names of apps, files, commits.
    var facts: JSONObject = [:]
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, state: String? = nil, _ message: String, detail: JSON? = nil) {
        self.status = status
        self.state = state
        self.message = message
        self.detail = detail
    }

    var body: JSON {
        var object = JSONObject()
        if let state { object["state"] = .string(state) }
        object["message"] = .string(message)
        if let detail { object["detail"] = detail }
        for (name, value) in facts { object[name] = value }
        return .object(object)
    }
}

extension RestError {
    static func notFound(path: String) -> RestError {
        RestError(.notFound, "there is nothing at \(path)", detail: "Not Found")
    }

    static func methodNotAllowed(_ method: HTTPRequest.Method, _ allowed: [HTTPRequest.Method]) -> RestError {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        var error = RestError(
            .methodNotAllowed, "\(method.rawValue) is not possible here, only \(names)", detail: "Method Not Allowed")
        error.headers[.allow] = names
        return error
    }

    static func unknownApp(_ id: String) -> RestError {
        RestError(.notFound, state: "graph_not_found", "there is no app \(id)")
    }

    static func unknownConfig(_ id: String) -> RestError {
        RestError(.notFound, state: "configs_not_found", "there is no node config \(id)")
    }

    static func unknownVersion(_ id: AppID, _ version: String) -> RestError {
        RestError(
            .notFound, state: "graph not found with that name and version",
            "the app \(id) has no version \(version)")
    }

    static func noVersionNumber(_ text: String) -> RestError {
        RestError(
            .badRequest, state: "version_not_a_number",
            "'\(text)' is no version, expected a number such as 3, without sign, spaces and leading zeros")
    }

    static func readOnly(_ id: AppID) -> RestError {
        RestError(
            .badRequest, state: "graph_read_only",
            "the app \(id) is read-only: its label rampart-graph-readonly is \"true\"")
    }

    static let brokenBody = RestError(
        .badRequest, "the body does not arrive as HTTP/1.1 says (RFC 9112, 7.1): its chunks or its end are malformed")

    static let unexpected = RestError(
        .internalServerError, "something went wrong here, the service's log says what")

    /// The answer to an act that was not done.
    init(_ error: ActError) {
        switch error {
        case .unknownApp(let id): self = .unknownApp(id.description)
        case .unknownConfig(let id): self = .unknownConfig(id)
        case .configExists: self.init(.conflict, state: "duplicate_config_exists", error.description)
        case .unknownVersion(let id, let number): self = .unknownVersion(id, String(number))
        case .exists: self.init(.conflict, state: "duplicate_graph_exists", error.description)
        case .readOnly(let id): self = .readOnly(id)
        case .notLive: self.init(.notFound, state: "graph_not_found", error.description)
        case .changed(let current):
            self.init(.preconditionFailed, state: "app_changed", error.description)
            facts["commit"] = .string(current.description)
            headers[.eTag] = EntityTag(commit: current).text
        case .unknownCommit: self.init(.notFound, state: "commit_not_found", error.description)
        case .ambiguousCommit: self.init(.badRequest, state: "commit_ambiguous", error.description)
        case .commitOfOthers(_, _, let names):
            self.init(.conflict, state: "commit_of_others", error.description)
            facts["touched"] = .array(names.map { .string($0) })
        case .commitOfMore(_, _, let names):
            self.init(
                .conflict, state: "commit_of_more", "\(error.description): \"whole\": true in the request's body")
            facts["touched"] = .array(names.map { .string($0) })
        case .revertConflict(_, let files):
            self.init(.conflict, state: "revert_conflict", error.description)
            facts["files"] = .array(files.map { .string($0) })
        case .nothingToRevert(_, let gone):
            self.init(.conflict, state: "nothing_to_revert", error.description)
            if !gone.isEmpty { facts["files"] = .array(gone.map { .string($0) }) }
        case .invalid(let problems): self = .invalid(problems)
        case .storage:
            self.init(.insufficientStorage, state: "storage_failed", "nothing was changed: \(error.description)")
        case .protected: self.init(.conflict, state: "branch_protected", error.description)
        case .remote(let error):
            let status: HTTPResponse.Status =
                switch error.kind {
                case .declined: .unprocessableContent
                case .followsOnly: .forbidden
                default: .serviceUnavailable
                }
            self.init(status, state: "remote_\(error.kind.rawValue)", ActError.remote(error).description)
            if status == .serviceUnavailable { headers[.retryAfter] = error.isPassing ? "10" : "60" }
        case .unverified:
            self.init(.serviceUnavailable, state: "branch_not_verified", error.description)
            headers[.retryAfter] = "60"
        case .busy:
            self.init(.serviceUnavailable, state: "repository_busy", "nothing was changed: \(error.description)")
            headers[.retryAfter] = "5"
        }
    }

    /// A manifest that does not check.
    static func invalid(_ problems: Problems, loc: (Problem) -> [JSON] = { Self.loc($0.path) }) -> RestError {
        let list = problems.list.map { problem -> JSON in
            var item = JSONObject()
            item["type"] = "graph_invalid"
            item["loc"] = .array(loc(problem))
            item["msg"] = .string(problem.message)
            item["path"] = .string(problem.path)
            if let line = problem.line { item["line"] = .int(Int64(line)) }
            if let column = problem.column { item["column"] = .int(Int64(column)) }
            return .object(item)
        }
        let count = list.count == 1 ? "1 problem" : "\(list.count) problems"
        return RestError(
            .unprocessableContent, "the graph does not check, \(count): \(problems.list.first?.description ?? "")",
            detail: .array(list))
    }

    private static func loc(_ path: String) -> [JSON] {
        ["body"] + path.split(separator: ".").map { .string(String($0)) }
    }
}

extension HTTPResponse.Status {
    static var insufficientStorage: Self { .init(code: 507, reasonPhrase: "Insufficient Storage") }
}

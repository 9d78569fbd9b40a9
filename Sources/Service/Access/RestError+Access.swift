import Access
import Hummingbird

extension RestError {
    /// Who did not get in is told no more than what to send.
    ///
    /// - Parameter takesBasic: whether git asks, which sends a token as a password.
    init(_ error: AccessError, takesBasic: Bool = false) {
        switch error {
        case .noCredentials:
            self.init(
                .unauthorized, state: "unauthorized", "who are you? send a token: Authorization: Bearer TOKEN")
            headers[.wwwAuthenticate] = Self.challenge(takesBasic, problem: "")
        case .badCredentials:
            self.init(
                .unauthorized, state: "unauthorized",
                "the credentials are not good: unknown, expired, or for something else; the service's log says why")
            headers[.wwwAuthenticate] = Self.challenge(takesBasic, problem: ", error=\"invalid_token\"")
        case .unavailable(let why):
            self.init(.serviceUnavailable, state: "access_unknown", "\(why) now, try again in a moment")
            headers[.retryAfter] = "5"
        case .tooManyFailures(let wait):
            self = .tooManyRequests(retryAfter: wait)
        }
    }

    private static func challenge(_ takesBasic: Bool, problem: String) -> String {
        let bearer = "Bearer realm=\"rampart\"\(problem)"
        return takesBasic ? "Basic realm=\"rampart\", charset=\"UTF-8\", \(bearer)" : bearer
    }

    static func forbidden(_ caller: Caller, _ permission: Permission, _ scope: Scope) -> RestError {
        RestError(
            .forbidden, state: "forbidden",
            "\(caller.user) may not \(permission.verb) in \(scope); whoever keeps the policy can allow it")
    }

    /// - Parameter wait: how long until the client may ask again.
    static func tooManyRequests(retryAfter wait: Duration) -> RestError {
        let seconds = max(1, Int((wait / .seconds(1)).rounded(.up)))
        var error = RestError(
            .tooManyRequests, state: "too_many_requests", "too many requests, wait for \(seconds) s")
        error.headers[.retryAfter] = String(seconds)
        return error
    }
}

extension Permission {
    /// In a sentence with "may not".
    fileprivate var verb: String {
        switch self {
        case .read: "read"
        case .create: "create apps"
        case .save: "save"
        case .deploy: "deploy or undeploy"
        case .delete: "delete what is or was live"
        case .administer: "change what is read-only"
        case .metrics: "read metrics"
        }
    }
}

extension Endpoint {
    /// Whether the git client asks, which knows only Basic.
    var isGit: Bool { if case .git = self { true } else { false } }
}

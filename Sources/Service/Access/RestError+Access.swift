import Access
import HTTPTypes
import Hummingbird

extension RestError {
    /// Who did not get in is told no more than what to send.
    ///
    /// - Parameter takesBasic: whether git or a browser asks, which send a token as a password.
    init(_ error: AccessError, takesBasic: Bool = false) {
        switch error {
        case .noCredentials:
            self.init(
                .unauthorized, state: "unauthorized", "who are you? send a token: Authorization: Bearer TOKEN")
            challenge(takesBasic, problem: "")
        case .badCredentials:
            self.init(
                .unauthorized, state: "unauthorized",
                "the credentials are not good: unknown, expired, or for something else; the service's log says why")
            challenge(takesBasic, problem: ", error=\"invalid_token\"")
        case .unavailable(let why):
            self.init(.serviceUnavailable, state: "access_unknown", "\(why) now, try again in a moment")
            headers[.retryAfter] = "5"
        case .tooManyFailures(let wait):
            self = .tooManyRequests(retryAfter: wait)
        }
    }

    /// A line for each scheme: browsers read no more than one of a line.
    private mutating func challenge(_ takesBasic: Bool, problem: String) {
        if takesBasic {
            headers.append(HTTPField(name: .wwwAuthenticate, value: "Basic realm=\"rampart\", charset=\"UTF-8\""))
        }
        headers.append(HTTPField(name: .wwwAuthenticate, value: "Bearer realm=\"rampart\"\(problem)"))
    }

    static func forbidden(_ caller: Caller, _ permission: Permission, _ scope: Scope) -> RestError {
        RestError(.forbidden, state: "forbidden", Self.denial(of: caller, permission, scope))
    }

    /// What somebody is told who may not do something.
    static func denial(of caller: Caller, _ permission: Permission, _ scope: Scope) -> String {
        "\(caller.user) may not \(permission.verb) in \(scope); whoever keeps the policy can allow it"
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
    var verb: String {
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
    /// Whether programs ask that know no Bearer: git, and a browser that a person opens the documentation in.
    var takesBasic: Bool {
        switch self {
        case .git, .docs, .description: true
        default: false
        }
    }
}

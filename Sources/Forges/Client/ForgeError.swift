/// Why a forge did not do what it was asked for.
public struct ForgeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Code: String, Hashable, Sendable {
        /// The token is missing, wrong or has expired.
        case unauthorized
        /// The token may not do that.
        case forbidden
        /// No such repository, branch or commit, or the token may not even see it.
        case notFound
        /// It is there already.
        case conflict
        /// The forge does not understand or does not want what was sent.
        case refused
        /// Too many requests; ``ForgeError/retryAfter`` says when to come again.
        case rateLimited
        /// The repository is somewhere else by now.
        case moved
        /// The forge has a failure of its own.
        case unavailable
        /// No connection, or no answer in time.
        case unreachable
        /// An answer that makes no sense.
        case unexpected
        /// The file of the token, or the settings, are of no use.
        case misconfigured
    }

    public let code: Code
    /// What was being done: `open a pull request at github`.
    public let operation: String
    /// What the forge says, or what went wrong; never a token.
    public let message: String
    /// How long the forge wants to be left alone.
    public let retryAfter: Duration?

    public init(_ code: Code, _ message: String, operation: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.operation = operation
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed at another time without anybody doing something.
    public var mayPass: Bool {
        switch code {
        case .rateLimited, .unavailable, .unreachable, .unexpected: true
        case .unauthorized, .forbidden, .notFound, .conflict, .refused, .moved, .misconfigured: false
        }
    }

    public var description: String { "cannot \(operation): \(message)" }
}

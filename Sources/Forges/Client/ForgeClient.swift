import AsyncHTTPClient
import FoundationEssentials
import JSONValues
import NIOCore
import NIOHTTP1
import NIOSSL
import Secrets
import Synchronization

/// Asks one repository's forge for commit statuses and pull requests.
///
/// Follows no redirect, so that a token goes to no other host. While a forge wants to be left alone nothing is sent.
public final class ForgeClient: Sendable {
    public let settings: ForgeSettings
    private let dialect: any ForgeDialect
    private let client: HTTPClient
    private let clock = ContinuousClock()
    private let blockedUntil = Mutex<ContinuousClock.Instant?>(nil)
    private let failures = Mutex(ForgeFailures())
    /// Seconds since 1970: forges say as a time when to come again.
    private let now: @Sendable () -> Int64

    /// The longest answer that is read.
    private static let longestAnswer = 8 << 20
    /// How many pages of open pull requests are gone through.
    private static let pages = 20

    /// - Parameter now: seconds since 1970; the system's clock if nil.
    /// - Throws: ``ForgeError`` ``ForgeError/Code/misconfigured``.
    public init(
        _ settings: ForgeSettings, now: (@Sendable () -> Int64)? = nil
    ) throws(ForgeError) {
        let operation = "use the forge"
        if let problem = settings.problem { throw ForgeError(.misconfigured, problem, operation: operation) }
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = HTTPClient.Configuration.Timeout(connect: settings.limit)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = settings.certificateAuthority {
            var tls = TLSConfiguration.makeClientConfiguration()
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(file)
                guard !certificates.isEmpty else {
                    throw ForgeError(.misconfigured, "\(file): there is no certificate in it", operation: operation)
                }
                tls.trustRoots = .certificates(certificates)
            } catch {
                throw (error as? ForgeError)
                    ?? ForgeError(.misconfigured, "\(file): no certificates in PEM can be read", operation: operation)
            }
            configuration.tlsConfiguration = tls
        }
        self.settings = settings
        self.now = now ?? { Int64(Date().timeIntervalSince1970) }
        dialect = settings.dialect
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Closes all connections.
    public func shutdown() async {
        // Only a second shutdown fails, which does no harm.
        try? await client.shutdown()
    }

    /// What it last refused to do, and why; nil where it does what it is asked for, or was asked for nothing yet.
    public var problem: String? { failures.withLock(\.problem) }

    // MARK: - What it can be asked

    /// Sets one of the statuses of a commit.
    ///
    /// - Parameter commit: its full id.
    public func setStatus(_ status: CommitStatus, of commit: String) async throws(ForgeError) {
        let operation = "set the status of \(commit.prefix(7)) at \(settings.kind.rawValue)"
        try await keeping(.status) { () throws(ForgeError) in
            let reply = try await send(dialect.setStatus(status, of: commit), .status, operation)
            if (200..<300).contains(reply.status) || dialect.isSetAlready(reply) { return }
            throw failure(reply, operation)
        }
    }

    /// Opens a pull request, or finds the one that is open already.
    public func propose(_ draft: PullRequestDraft) async throws(ForgeError) -> PullRequest {
        let operation = "open a \(settings.kind.requestName) at \(settings.kind.rawValue)"
        return try await keeping(.open) { () throws(ForgeError) in
            let reply = try await send(dialect.open(draft), .open, operation)
            if (200..<300).contains(reply.status) {
                guard let request = dialect.pullRequest(reply.json) else {
                    throw ForgeError(
                        .unexpected, "the answer has no number and address of it", operation: operation)
                }
                return request
            }
            if dialect.mayExist(reply), let request = try await find(branch: draft.branch, base: draft.base) {
                return request
            }
            throw failure(reply, operation)
        }
    }

    /// The open pull request of a branch; nil where there is none.
    public func find(branch: String, base: String) async throws(ForgeError) -> PullRequest? {
        let operation = "look for the \(settings.kind.requestName) of \(branch) at \(settings.kind.rawValue)"
        return try await keeping(.find) { () throws(ForgeError) in
            for page in 1...Self.pages {
                let reply = try await send(dialect.find(branch: branch, base: base, page: page), .find, operation)
                guard (200..<300).contains(reply.status) else { throw failure(reply, operation) }
                if let request = dialect.found(reply, branch: branch, base: base) { return request }
                if !dialect.hasMore(reply) { return nil }
            }
            return nil
        }
    }

    /// Keeps how it ended, for ``problem``.
    private func keeping<Value>(
        _ act: ForgeMetrics.Operation, _ body: () async throws(ForgeError) -> Value
    ) async throws(ForgeError) -> Value {
        do throws(ForgeError) {
            let value = try await body()
            failures.withLock { $0.end(act) }
            return value
        } catch {
            if !Task.isCancelled { failures.withLock { $0.take(error, act) } }
            throw error
        }
    }

    // MARK: - On the way

    private func send(
        _ call: ForgeCall, _ act: ForgeMetrics.Operation, _ operation: String
    ) async throws(ForgeError) -> ForgeReply {
        if let until = blockedUntil.withLock({ $0 }), until > clock.now {
            let wait = until - clock.now
            throw ForgeError(
                .rateLimited, "it wants to be left alone for another \(wait.components.seconds + 1) s",
                operation: operation, retryAfter: wait)
        }
        let token: String
        do {
            token = try await settings.token.secret().exposed
        } catch {
            throw ForgeError(.misconfigured, "\(error)", operation: operation)
        }
        var request = HTTPClientRequest(url: settings.api + call.path)
        request.method = HTTPMethod(rawValue: call.method.rawValue)
        request.headers.add(name: "User-Agent", value: "rampart")
        request.headers.add(name: "Accept", value: "application/json")
        for header in dialect.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        for header in dialect.credentials(token) { request.headers.add(name: header.name, value: header.value) }
        if let body = call.body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body.bytes()))
        }
        let start = clock.now
        do {
            let response = try await client.execute(request, timeout: settings.limit)
            let buffer = try await response.body.collect(upTo: Self.longestAnswer)
            var reply = ForgeReply(status: Int(response.status.code))
            reply.json = (try? JSON(parsing: buffer.readableBytesView)) ?? .null
            // A forge that repeats what it was sent must not bring the token into an error.
            if !(200..<300).contains(reply.status) { reply.json = reply.json.replacing(token, with: "(token)") }
            for header in response.headers where Self.headers.contains(header.name.lowercased()) {
                reply.headers[header.name.lowercased()] = header.value.replacing(token, with: "(token)")
            }
            settings.metrics.note(act, String(reply.status), since: start)
            return reply
        } catch {
            let why = NoReply(error)
            settings.metrics.note(act, why.rawValue, since: start)
            if why == .cancelled {
                throw ForgeError(.unreachable, "the request was cancelled", operation: operation)
            }
            let reason = "\(error)".replacing(token, with: "(token)").cut(to: 300)
            throw ForgeError(.unreachable, "it cannot be reached: \(reason)", operation: operation)
        }
    }

    private static let headers: Set<String> = [
        "retry-after", "x-ratelimit-remaining", "x-ratelimit-reset", "ratelimit-remaining", "ratelimit-reset",
        "location",
    ]

    private func failure(_ reply: ForgeReply, _ operation: String) -> ForgeError {
        if let wait = RateLimit.wait(reply, now: now()) {
            let until = clock.now + wait
            blockedUntil.withLock { $0 = max($0 ?? until, until) }
            let message = dialect.message(reply) ?? "too many requests"
            return ForgeError(.rateLimited, message.cut(to: 500), operation: operation, retryAfter: wait)
        }
        let said = dialect.message(reply)?.cut(to: 500)
        let text = said.map { "\($0) (\(reply.status))" } ?? "it answers \(reply.status)"
        let code: ForgeError.Code
        switch reply.status {
        case 300..<400:
            let place = reply.headers["location"]?.cut(to: 200) ?? "nowhere"
            return ForgeError(
                .moved,
                "it answers \(reply.status) and points to \(place), which is not followed: give the forge's "
                    + "address and the repository as they are now", operation: operation)
        case 401: code = .unauthorized
        case 403: code = .forbidden
        case 404, 410: code = .notFound
        case 409: code = .conflict
        case 400..<500: code = .refused
        case 500...: code = .unavailable
        default: code = .unexpected
        }
        return ForgeError(code, text, operation: operation)
    }
}

/// When a forge wants to be asked again.
enum RateLimit {
    /// The longest wait that is believed.
    static let longest: Duration = .seconds(3_600)
    /// The wait where a forge names none.
    static let usual: Duration = .seconds(60)

    /// - Parameter now: seconds since 1970.
    /// - Returns: nil where the answer is not about too many requests.
    static func wait(_ reply: ForgeReply, now: Int64) -> Duration? {
        let retryAfter = reply.headers["retry-after"].flatMap { Int64($0) }
        let remaining = reply.headers["x-ratelimit-remaining"] ?? reply.headers["ratelimit-remaining"]
        let isLimited =
            reply.status == 429 || reply.status == 403 && (retryAfter != nil || remaining == "0")
            || reply.status == 503 && retryAfter != nil
        guard isLimited else { return nil }
        if let retryAfter { return min(max(.seconds(retryAfter), .seconds(1)), longest) }
        let reset = (reply.headers["x-ratelimit-reset"] ?? reply.headers["ratelimit-reset"]).flatMap { Int64($0) }
        guard let reset, reset > now else { return usual }
        return min(.seconds(min(reset - now, 86_400)), longest)
    }
}

extension JSON {
    /// The value with a text replaced in every string of it.
    fileprivate func replacing(_ text: String, with other: String) -> JSON {
        switch self {
        case .string(let value): value.contains(text) ? .string(value.replacing(text, with: other)) : self
        case .array(let values): .array(values.map { $0.replacing(text, with: other) })
        case .object(let object): .object(object.mapValues { $0.replacing(text, with: other) })
        default: self
        }
    }
}

extension ForgeSettings {
    /// ``timeout`` as the client wants it.
    fileprivate var limit: TimeAmount { .nanoseconds(Int64(timeout / .nanoseconds(1))) }
}

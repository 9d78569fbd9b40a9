import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks the service beside an app's repository flows whether a repository is well.
///
/// An answer counts for a while, so that a page that is looked at often does not ask each time.
public actor RepositoryCheck {
    /// The service of an app's repository flows inside the cluster; `{namespace}` and `{app}` stand for the app.
    public static let defaultURL =
        "http://flows-repository-flows-service.{namespace}-{app}-rampart-flows-repository.svc.cluster.local:8000"

    private let template: String
    private let timeout: Duration
    private let lifetime: Duration
    private let clock: any Clock<Duration>
    private var answers: [String: (state: NamespaceState, age: @Sendable () -> Duration)] = [:]

    /// - Parameters:
    ///   - url: where the service is, see ``defaultURL``.
    ///   - lifetime: how long an answer counts.
    public init(
        url: String = defaultURL, timeout: Duration = .seconds(2), lifetime: Duration = .seconds(10),
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        template = url
        self.timeout = timeout
        self.lifetime = lifetime
        self.clock = clock
    }

    /// How a repository fares: normal where the service answers 200, an error with the reason otherwise.
    ///
    /// - Parameters:
    ///   - namespace: the app's, a DNS label, as its name is.
    ///   - flow: as the flows service calls it.
    public func state(namespace: String, app: String, flow: String) async -> NamespaceState {
        let base = template.replacing("{namespace}", with: namespace).replacing("{app}", with: app)
        let url = "\(base)/api/v1/app/flows_service/\(Self.encoded(flow))/repo-check"
        if let known = answers[url], known.age() < lifetime { return known.state }
        let state = await ask(url)
        if answers.count > 10_000 { answers = [:] }
        answers[url] = (state, Self.stopwatch(clock))
        return state
    }

    private func ask(_ url: String) async -> NamespaceState {
        do {
            let limit = TimeAmount.nanoseconds(Int64(timeout / .nanoseconds(1)))
            let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: limit)
            let code = response.status.code
            // The body is not needed; what is left of it ends with the connection.
            return code == 200
                ? NamespaceState(.normal) : NamespaceState(.error, "the flows service answered \(code)")
        } catch {
            return NamespaceState(.error, "the flows service does not answer: \(error)")
        }
    }

    private static func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let begin = clock.now
        return { begin.duration(to: clock.now) }
    }

    private static func encoded(_ text: String) -> String {
        var result = ""
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                result.unicodeScalars.append(Unicode.Scalar(unit))
            default:
                let digits = String(unit, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

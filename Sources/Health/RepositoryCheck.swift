import URLText
public import Upstreams

/// Asks the service beside an app's repository flows whether a repository is well.
///
/// An answer counts for a while, so that a page that is looked at often does not ask each time.
public actor RepositoryCheck {
    private let template: AddressTemplate
    private let client: UpstreamClient
    private let timeout: Duration
    private let lifetime: Duration
    private let clock: any Clock<Duration>
    private var answers: [String: (state: NamespaceState, age: @Sendable () -> Duration)] = [:]

    /// - Parameters:
    ///   - template: where the service is, see ``UpstreamAddresses``.
    ///   - timeout: how long an answer may take.
    ///   - lifetime: how long an answer counts.
    public init(
        template: AddressTemplate, client: UpstreamClient, timeout: Duration = .seconds(2),
        lifetime: Duration = .seconds(10), clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.template = template
        self.client = client
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
        guard let base = template.url([.namespace: namespace, .app: app]), let flow = PercentEncoding.segment(flow)
        else {
            return NamespaceState(.error, "the flow's name leads nowhere")
        }
        let url = "\(base)/api/v1/app/flows_service/\(flow)/repo-check"
        if let known = answers[url], known.age() < lifetime { return known.state }
        let state = await ask(url)
        if answers.count > 10_000 { answers = [:] }
        answers[url] = (state, Self.stopwatch(clock))
        return state
    }

    private func ask(_ url: String) async -> NamespaceState {
        do {
            let code = try await client.status(url, timeout: timeout)
            return code == 200
                ? NamespaceState(.normal) : NamespaceState(.error, "the flows service answered \(code)")
        } catch {
            return NamespaceState(.error, "the flows service \(error)")
        }
    }

    private static func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let begin = clock.now
        return { begin.duration(to: clock.now) }
    }
}

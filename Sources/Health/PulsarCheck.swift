public import Pulsar
public import ServiceLifecycle

/// Who can tell whether a message gets through a topic.
public protocol PulsarRoundTrips: Sendable {
    /// Sends a message and waits until it comes back; throws the reason why it did not within the timeout.
    func roundTrip(through topic: TopicName, timeout: Duration) async throws
}

extension PulsarClient: PulsarRoundTrips {}

/// Asks whether messages get through the pulsar flows that somebody wants to know about.
///
/// Nobody waits for Pulsar: an answer counts for a while, an older one is given while a new one is looked for, and only
/// the first question about a flow waits a moment. ``run()`` does the asking, a few flows at a time.
public actor PulsarCheck: Service {
    /// How answers are kept and looked for.
    public struct Options: Sendable {
        /// Within which a message has to come back.
        public var timeout: Duration = .seconds(5)
        /// How long an answer counts.
        public var lifetime: Duration = .seconds(10)
        /// How old an answer may be that is given while another is looked for.
        public var staleness: Duration = .seconds(60)
        /// How long a question waits where there is no such answer.
        public var patience: Duration = .seconds(1)
        /// How many flows are looked at at the same time.
        public var width = 16

        public init() {}
    }

    private struct Answer {
        let state: NamespaceState
        let age: @Sendable () -> Duration
    }

    private let client: any PulsarRoundTrips
    private let namespace: TopicNamespace
    private let options: Options
    private let clock: any Clock<Duration>
    private let questions: AsyncStream<TopicName>
    private let ask: AsyncStream<TopicName>.Continuation
    private var answers: [TopicName: Answer] = [:]
    /// Who waits for the topics that are being looked at.
    private var waiting: [TopicName: [AsyncStream<NamespaceState>.Continuation]] = [:]

    /// - Parameter namespace: where the topics of the checks are.
    public init(
        client: any PulsarRoundTrips, namespace: TopicNamespace, options: Options = Options(),
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.client = client
        self.namespace = namespace
        self.options = options
        self.clock = clock
        (questions, ask) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4_096))
    }

    /// The topic by which a flow is judged, as the Python service called it: `default-demo-events` is looked at through
    /// `default_demo_events_healthcheck`.
    static func topic(of flow: String, in namespace: TopicNamespace) throws(TopicNameError) -> TopicName {
        try TopicName(flow.replacing("-", with: "_") + "_healthcheck", in: namespace)
    }

    /// How a flow fares: normal where a message comes back, an error with the reason otherwise; unknown for a moment
    /// where that is not known yet.
    ///
    /// - Parameter flow: its namespace of its own, else that of the app, the app's name and its own, joined by `-`.
    public func state(flow: String) async -> NamespaceState {
        guard let topic = try? Self.topic(of: flow, in: namespace) else {
            return NamespaceState(.error, "the flow's name makes no topic of Pulsar's")
        }
        let known = answers[topic]
        if let known, known.age() < options.lifetime { return known.state }
        if waiting[topic] == nil {
            guard case .enqueued = ask.yield(topic) else {
                return NamespaceState(.unknown, "too many pulsar flows are waiting to be looked at")
            }
            waiting[topic] = []
        }
        if let known, known.age() < options.staleness { return known.state }
        return await next(topic) ?? NamespaceState(.unknown, "Pulsar has not answered yet")
    }

    /// Looks at the flows that were asked for, until it is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                var running = 0
                for await topic in self.questions {
                    if running == self.options.width {
                        await group.next()
                        running -= 1
                    }
                    group.addTask { await self.look(at: topic) }
                    running += 1
                }
            }
        }
    }

    private func look(at topic: TopicName) async {
        var state: NamespaceState?
        do {
            try await client.roundTrip(through: topic, timeout: options.timeout)
            state = NamespaceState(.normal)
        } catch is CancellationError {
            // The service ends: nothing was learnt.
        } catch {
            state = NamespaceState(.error, "Pulsar: \(error)")
        }
        if let state {
            if answers.count > 10_000 { answers = [:] }
            answers[topic] = Answer(state: state, age: Self.stopwatch(clock))
        }
        for waiter in waiting.removeValue(forKey: topic) ?? [] {
            if let state { waiter.yield(state) }
            waiter.finish()
        }
    }

    /// The next answer about a topic; nil where it takes too long.
    private func next(_ topic: TopicName) async -> NamespaceState? {
        let (stream, waiter) = AsyncStream<NamespaceState>.makeStream()
        waiting[topic, default: []].append(waiter)
        let (clock, patience) = (clock, options.patience)
        return await withTaskGroup(of: NamespaceState?.self) { group in
            group.addTask { await stream.first { _ in true } }
            group.addTask {
                try? await clock.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private static func stopwatch<C: Clock>(_ clock: C) -> @Sendable () -> Duration where C.Duration == Duration {
        let begin = clock.now
        return { begin.duration(to: clock.now) }
    }
}

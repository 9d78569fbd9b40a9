import Pulsar
import Synchronization
import TestSupport
import Testing

@testable import Health

/// What is asked of Pulsar, when, and what is told meanwhile.
@Suite struct PulsarCheckTests {
    /// Answers as a test wants, when it wants.
    private final class Script: PulsarRoundTrips {
        struct State {
            var asked: [String] = []
            var running = 0
            var mostRunning = 0
            var reason: String?
            var holds = false
        }
        private let state = Mutex(State())

        func with<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }

        func roundTrip(through topic: TopicName, timeout: Duration) async throws {
            with { state in
                state.asked.append(topic.description)
                state.running += 1
                state.mostRunning = max(state.mostRunning, state.running)
            }
            defer { with { $0.running -= 1 } }
            while with({ $0.holds }) { try await Task.sleep(for: .milliseconds(1)) }
            if let reason = with({ $0.reason }) { throw Reason(description: reason) }
        }
    }

    private struct Reason: Error, CustomStringConvertible { let description: String }

    /// As long as a busy machine may take, where nothing else is said.
    private static let patient: PulsarCheck.Options = {
        var options = PulsarCheck.Options()
        options.patience = .seconds(120)
        return options
    }()

    private func run(
        _ options: PulsarCheck.Options = patient, _ body: (PulsarCheck, Script) async throws -> Void
    ) async throws {
        let script = Script()
        let check = PulsarCheck(client: script, namespace: .usual, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await check.run() }
            defer { group.cancelAll() }
            try await body(check, script)
        }
    }

    @Test func theTopicIsTheOneOfThePythonService() throws {
        let topic = try PulsarCheck.topic(of: "default-demo-my-events", in: TopicNamespace("public/default"))
        #expect(topic.description == "persistent://public/default/default_demo_my_events_healthcheck")
    }

    @Test func anAnswerCounts() async throws {
        try await run { check, script in
            #expect(await check.state(flow: "default-demo-a") == NamespaceState(.normal))
            for _ in 0..<100 { #expect(await check.state(flow: "default-demo-a") == NamespaceState(.normal)) }
            #expect(script.with { $0.asked } == ["persistent://public/default/default_demo_a_healthcheck"])
        }
    }

    @Test func whatGoesWrongIsTold() async throws {
        try await run { check, script in
            script.with { $0.reason = "nobody is there" }
            #expect(await check.state(flow: "a") == NamespaceState(.error, "Pulsar: nobody is there"))
            #expect(await check.state(flow: "a b").word == .error)
        }
    }

    @Test func anOldAnswerIsGivenWhileANewOneIsLookedFor() async throws {
        var options = PulsarCheck.Options()
        options.lifetime = .zero
        options.patience = .seconds(120)
        try await run(options) { check, script in
            #expect(await check.state(flow: "a").word == .normal)
            script.with { $0.reason = "gone" }
            try await eventually("the new one") { await check.state(flow: "a").word == .error }
            script.with { $0.holds = true }
            let begin = ContinuousClock.now
            for _ in 0..<50 { #expect(await check.state(flow: "a").word == .error) }
            #expect(ContinuousClock.now - begin < options.patience)
        }
    }

    @Test func nobodyWaitsLong() async throws {
        var options = PulsarCheck.Options()
        options.patience = .milliseconds(20)
        try await run(options) { check, script in
            script.with { $0.holds = true }
            #expect(await check.state(flow: "a") == NamespaceState(.unknown, "Pulsar has not answered yet"))
            #expect(await check.state(flow: "a").word == .unknown)
            #expect(script.with { $0.asked.count } == 1)
            script.with { $0.holds = false }
            try await eventually("the answer") { await check.state(flow: "a").word == .normal }
        }
    }

    @Test func onlySomeAreLookedAtAtOnce() async throws {
        var options = PulsarCheck.Options()
        options.width = 3
        options.patience = .seconds(120)
        try await run(options) { check, script in
            script.with { $0.holds = true }
            try await withThrowingTaskGroup(of: NamespaceState.self) { group in
                for number in 0..<20 { group.addTask { await check.state(flow: "flow-\(number)") } }
                try await eventually("three") { script.with { $0.running } == 3 }
                script.with { $0.holds = false }
                for try await state in group { #expect(state.word == .normal) }
            }
            #expect(script.with { $0.mostRunning } == 3)
            #expect(script.with { Set($0.asked).count } == 20)
        }
    }
}

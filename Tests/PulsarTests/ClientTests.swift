import Logging
import NIOPosix
import PulsarDouble
import Secrets
import TestSupport
import Testing

@testable import Pulsar

@Suite struct ClientTests {
    private static let patience: Duration = .seconds(120)

    private static func topic(_ name: String = "default_demo_events_healthcheck") throws -> TopicName {
        try TopicName(name, in: .usual)
    }

    private static func client(_ url: String, token: SecretFile? = nil, authority: String? = nil) throws -> PulsarClient
    {
        try PulsarClient(
            PulsarClientOptions(address: BrokerAddress(url), token: token, authorityFile: authority))
    }

    /// What a check says that must not work; nil where it does.
    private static func failure(
        _ client: PulsarClient, _ topic: TopicName? = nil, timeout: Duration = patience
    ) async throws -> PulsarError? {
        do {
            try await client.roundTrip(through: topic ?? Self.topic(), timeout: timeout)
            return nil
        } catch let error as PulsarError {
            return error
        }
    }

    private static func tokenFile(_ folder: TemporaryFolder, _ text: String) throws -> SecretFile {
        SecretFile(try folder.write(text, to: "token"), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    // MARK: - What works

    @Test func aMessageComesBackAndNothingIsLeft() async throws {
        try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            for _ in 0..<3 { try await client.roundTrip(through: Self.topic(), timeout: Self.patience) }
            try await eventually("no producer and no consumer") { broker.clientCount == 0 }
            #expect(broker.subscriptions(of: try Self.topic().description) == [])
            #expect(broker.connectionCount == 1)
            client.shutdown()
            try await eventually("closed") { broker.connectionCount == 0 }
        }
    }

    @Test func manyTopicsShareOneConnection() async throws {
        try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    // Two for each topic, so that one sees the other's messages.
                    group.addTask {
                        try await client.roundTrip(through: Self.topic("t\(number / 2)"), timeout: Self.patience)
                    }
                }
                try await group.waitForAll()
            }
            #expect(broker.log.count { $0 == "connect" } == 1)
            client.shutdown()
        }
    }

    @Test func aTopicInPartsIsAskedByItsFirst() async throws {
        try await BrokerDouble.run { broker in
            let name = try Self.topic().description
            broker.set(partitions: 3, of: name)
            let client = try Self.client(broker.url)
            // Only the part may be looked up: the whole leads nowhere.
            broker.set(.init(.failed, address: ""), for: name)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            client.shutdown()
        }
    }

    @Test func goesWhereLookupsLead() async throws {
        try await BrokerDouble.run { first in
            try await BrokerDouble.run { second in
                let name = try Self.topic().description
                first.set(.init(.redirect, address: second.url), for: name)
                let client = try Self.client(first.url)
                try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
                #expect(second.log.contains("lookup") && second.log.contains("send"))
                #expect(!first.log.contains("send"))
                client.shutdown()
            }
        }
    }

    @Test func goesThroughAProxyWhereToldTo() async throws {
        try await BrokerDouble.run { proxy in
            proxy.set(
                .init(.connect, address: "pulsar://broker-7.inside:6650", throughProxy: true),
                for: try Self.topic().description)
            let client = try Self.client(proxy.url)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            #expect(proxy.proxied == ["broker-7.inside:6650"])
            #expect(proxy.connectionCount == 2)
            client.shutdown()
        }
    }

    @Test func answersPings() async throws {
        try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            try broker.ping()
            try await eventually("pong") { broker.log.contains("pong") }
            client.shutdown()
        }
    }

    // MARK: - Who asks

    @Test func aTokenIsShownAndReadAgain() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.tokenFile(folder, "first-token\n")
        try await BrokerDouble.run(token: "first-token") { broker in
            let client = try Self.client(broker.url, token: file)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            #expect(broker.tokens == ["first-token"])

            try folder.write("second-token\n", to: "token")
            broker.set(token: "second-token")
            // Read at most a second ago, so for a moment the old one may be shown.
            try await eventually("shows the new one") {
                try await Self.failure(client) == nil && broker.tokens.count > 1
            }
            #expect(broker.tokens.last == "second-token")
            try await eventually("the old connection is closed") { broker.connectionCount == 1 }

            try broker.challenge()
            try await eventually("says who it is again") {
                broker.tokens.suffix(2) == ["second-token", "second-token"]
            }
            client.shutdown()
        }
    }

    @Test func withoutTheRightTokenNobodyIsLetIn() async throws {
        let folder = try TemporaryFolder()
        let file = try Self.tokenFile(folder, "wrong-token")
        try await BrokerDouble.run(token: "right-token") { broker in
            for file in [file, nil] {
                let client = try Self.client(broker.url, token: file)
                let error = try #require(await Self.failure(client))
                #expect(error.kind == .unauthorized)
                #expect(!error.description.contains("wrong-token"))
            }
        }
        let missing = SecretFile("/no/such/file", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let error = try #require(await Self.failure(Self.client("pulsar://127.0.0.1:1", token: missing)))
        #expect(error.kind == .unauthorized)
        #expect(error.description.contains("/no/such/file"))
    }

    // MARK: - TLS

    @Test func speaksTLSWithWhomItTrusts() async throws {
        let files = try await Certificates.make()
        let authority = files.folder.appending("ca.crt")
        try await BrokerDouble.run(tls: files.pulsarServer("server")) { broker in
            let client = try Self.client(broker.url, authority: authority)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            client.shutdown()

            let stranger = try Self.client(broker.url, authority: files.folder.appending("stranger.crt"))
            let untrusted = try #require(await Self.failure(stranger))
            #expect(untrusted.kind == .unreachable)
            #expect(untrusted.description.contains("nobody signed who is trusted"))

            // A broker that is only to be had without TLS is not asked.
            broker.set(.init(.connect, address: "pulsar://127.0.0.1:\(broker.port)"), for: try Self.topic().description)
            let plain = try #require(await Self.failure(Self.client(broker.url, authority: authority)))
            #expect(plain.kind == .refused)
        }
        try await BrokerDouble.run(tls: files.pulsarServer("named")) { broker in
            let error = try #require(await Self.failure(Self.client(broker.url, authority: authority)))
            #expect(error.kind == .unreachable)
            #expect(error.description.contains("for another name"), "\(error)")
        }
        #expect(throws: PulsarError.self) {
            try Self.client("pulsar+ssl://127.0.0.1", authority: files.folder.appending("ca.key"))
        }
        // Who speaks no TLS is no broker of this kind.
        try await BrokerDouble.run { broker in
            let client = try Self.client("pulsar+ssl://127.0.0.1:\(broker.port)", authority: authority)
            #expect(try await Self.failure(client, timeout: .seconds(5)) != nil)
        }
    }

    // MARK: - What goes wrong

    @Test func withoutABrokerItSaysSo() async throws {
        let error = try #require(await Self.failure(Self.client("pulsar://127.0.0.1:1")))
        #expect(error.kind == .unreachable)
        #expect(error.description == "pulsar://127.0.0.1:1 cannot be reached: connection refused")
        let unknown = try #require(await Self.failure(Self.client("pulsar://no-such-host.invalid")))
        #expect(unknown.kind == .unreachable)
    }

    /// A broker that never answers one of the commands costs the timeout, and the next check starts afresh.
    @Test(arguments: [
        WireBaseCommand.TypeEnum.connect, .partitionedMetadata, .lookup, .subscribe, .producer, .send, .flow,
    ])
    func silenceCostsTheTimeout(_ command: WireBaseCommand.TypeEnum) async throws {
        try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            var faults = BrokerDouble.Faults()
            faults.ignores = [command]
            broker.set(faults)
            let begin = ContinuousClock.now
            let error = try #require(await Self.failure(client, timeout: .milliseconds(300)))
            #expect(error.kind == .silent)
            #expect(ContinuousClock.now - begin < .seconds(60))
            broker.set(BrokerDouble.Faults())
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            try await eventually("nothing is left") { broker.clientCount == 0 }
            client.shutdown()
        }
    }

    @Test(arguments: [WireBaseCommand.TypeEnum.connect, .lookup, .subscribe, .producer, .send, .flow])
    func aCutConnectionIsMadeAgain(_ command: WireBaseCommand.TypeEnum) async throws {
        try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            var faults = BrokerDouble.Faults()
            faults.cutsAt = command
            broker.set(faults)
            let error = try #require(await Self.failure(client))
            #expect(error.kind == .lost, "\(error)")
            broker.set(BrokerDouble.Faults())
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            client.shutdown()
        }
    }

    @Test func aDamagedMessageIsNoticed() async throws {
        try await BrokerDouble.run { broker in
            var faults = BrokerDouble.Faults()
            faults.damagesMessages = true
            broker.set(faults)
            let client = try Self.client(broker.url)
            let error = try #require(await Self.failure(client))
            #expect(error.kind == .damaged)
            #expect(error.description.contains("checksum"))
            client.shutdown()
        }
    }

    @Test func whatTheBrokerRefusesIsTold() async throws {
        try await BrokerDouble.run { broker in
            var faults = BrokerDouble.Faults()
            faults.refusesProducers = .producerBlockedQuotaExceededError
            broker.set(faults)
            let client = try Self.client(broker.url)
            let error = try #require(await Self.failure(client))
            #expect(error.kind == .refused)
            // In one line, whatever the broker says.
            #expect(error.description.hasSuffix("producerBlockedQuotaExceededError, not for you"))
            broker.set(BrokerDouble.Faults())
            broker.set(.init(.failed, address: ""), for: try Self.topic().description)
            #expect(try await Self.failure(client)?.description.contains("topicNotFound, no such topic") == true)
            client.shutdown()
        }
    }

    @Test func brokersThatSendEachOtherAroundAreLeft() async throws {
        try await BrokerDouble.run { broker in
            broker.set(.init(.redirect, address: broker.url), for: try Self.topic().description)
            let client = try Self.client(broker.url)
            #expect(try await Self.failure(client)?.kind == .refused)
            #expect(broker.log.count { $0 == "lookup" } == 10)
            client.shutdown()
        }
    }

    @Test(
        arguments: [
            Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [0x7F, 0xFF, 0xFF, 0xFF, 1, 2, 3],
            [0, 0, 0, 4, 0, 0, 0, 9],
        ] as [[UInt8]])
    func whoSpeaksSomethingElseIsLeft(_ greeting: [UInt8]) async throws {
        try await BrokerDouble.run { broker in
            var faults = BrokerDouble.Faults()
            faults.greeting = greeting
            broker.set(faults)
            let error = try #require(await Self.failure(Self.client(broker.url)))
            #expect(error.kind == .damaged, "\(error)")
        }
    }

    @Test func aBrokerThatComesBackIsFound() async throws {
        let client: PulsarClient
        let port: Int
        (client, port) = try await BrokerDouble.run { broker in
            let client = try Self.client(broker.url)
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            return (client, broker.port)
        }
        #expect(try await Self.failure(client) != nil)
        try await BrokerDouble.run(port: port) { _ in
            try await client.roundTrip(through: Self.topic(), timeout: Self.patience)
            client.shutdown()
        }
    }

    @Test func whoeverGivesUpIsNotHeld() async throws {
        try await BrokerDouble.run { broker in
            var faults = BrokerDouble.Faults()
            faults.withholdsMessages = true
            broker.set(faults)
            let client = try Self.client(broker.url)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await client.roundTrip(through: Self.topic(), timeout: .seconds(3_600)) }
                try await eventually("the message is sent") { broker.log.contains("send") }
                group.cancelAll()
                let result = await group.nextResult()
                #expect(throws: CancellationError.self) { try result?.get() }
            }
            try await eventually("nothing is left") { broker.clientCount == 0 }
            client.shutdown()
        }
    }
}

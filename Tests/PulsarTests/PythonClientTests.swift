import Logging
import Pulsar
import PulsarDouble
import Secrets
import TestSupport
import Testing

/// The official Python client takes the double for a broker, and this client's messages for messages.
@Suite struct PythonClientTests {
    private static let program = """
        import sys
        import pulsar

        url, authority = sys.argv[1], sys.argv[2]
        options = dict(authentication=pulsar.AuthenticationToken("a-token"), operation_timeout_seconds=120)
        if authority:
            options.update(tls_trust_certs_file_path=authority, tls_validate_hostname=True)
        client = pulsar.Client(url, **options)
        topic = "persistent://public/default/mine"
        consumer = client.subscribe(topic, "reader", initial_position=pulsar.InitialPosition.Earliest)
        producer = client.create_producer(topic, batching_enabled=False)
        for number in range(5):
            producer.send(f"message {number}".encode(), properties={"number": str(number)})
        for number in range(5):
            message = consumer.receive(timeout_millis=120000)
            assert message.data() == f"message {number}".encode(), message.data()
            assert message.properties() == {"number": str(number)}, message.properties()
            consumer.acknowledge(message)

        # In batches, which a broker passes on as they are.
        batches = client.create_producer(topic, batching_enabled=True, batching_max_publish_delay_ms=50)
        for number in range(20):
            batches.send_async(f"batched {number}".encode(), lambda result, id: None)
        batches.flush()
        seen = [consumer.receive(timeout_millis=120000).data().decode() for _ in range(20)]
        assert seen == [f"batched {number}" for number in range(20)], seen

        # What the check of a flow sends, read from the beginning by somebody else.
        check = client.subscribe(
            "persistent://public/default/default_demo_events_healthcheck", "healthcheck",
            initial_position=pulsar.InitialPosition.Earliest)
        print("ready", flush=True)
        message = check.receive(timeout_millis=120000)
        assert message.data() == b"Healthcheck", message.data()
        assert list(message.properties()) == ["rampart-check"], message.properties()
        check.acknowledge(message)
        check.unsubscribe()
        client.close()
        print("done")
        """

    @Test(arguments: [false, true])
    func producesAndConsumes(_ usesTLS: Bool) async throws {
        let files = try await Certificates.make()
        let script = try files.folder.write(Self.program, to: "client.py")
        let authority = usesTLS ? files.folder.appending("ca.crt") : ""
        let tokenFile = try files.folder.write("a-token", to: "token")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let tls = usesTLS ? try files.pulsarServer("server") : nil
        try await BrokerDouble.run(token: "a-token", tls: tls) { broker in
            let client = try PulsarClient(
                PulsarClientOptions(
                    address: BrokerAddress(broker.url), token: SecretFile(tokenFile, logger: logger),
                    authorityFile: usesTLS ? authority : nil))
            let topic = try TopicName("default_demo_events_healthcheck", in: .usual)
            try await client.roundTrip(through: topic, timeout: .seconds(120))
            let output = try await Command.output(python, [script, broker.url, authority])
            #expect(output.hasSuffix("done"))
            try await eventually("left") { broker.clientCount == 0 }
            client.shutdown()
        }
    }

    /// The Python client beside this one on the same topic, as the former service may still be.
    @Test func sharesATopic() async throws {
        let program = """
            import sys
            import pulsar

            client = pulsar.Client(sys.argv[1], operation_timeout_seconds=120)
            topic = "default_demo_events_healthcheck"
            producer = client.create_producer(topic)
            consumer = client.subscribe(topic, "healthcheck")
            producer.send("Healthcheck".encode())
            message = consumer.receive(timeout_millis=120000)
            assert message.data().decode() == "Healthcheck"
            consumer.acknowledge(message)
            client.close()
            print("normal")
            """
        let folder = try TemporaryFolder()
        let script = try folder.write(program, to: "former.py")
        try await BrokerDouble.run { broker in
            let client = try PulsarClient(PulsarClientOptions(address: BrokerAddress(broker.url)))
            let topic = try TopicName("default_demo_events_healthcheck", in: .usual)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let output = try await Command.output(python, [script, broker.url])
                    #expect(output.hasSuffix("normal"))
                }
                for _ in 0..<20 { try await client.roundTrip(through: topic, timeout: .seconds(120)) }
                try await group.waitForAll()
            }
            client.shutdown()
        }
    }
}

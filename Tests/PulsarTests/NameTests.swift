import Pulsar
import Testing

@Suite struct NameTests {
    @Test(arguments: [
        ("pulsar://broker", "pulsar://broker:6650"), ("pulsar+ssl://broker/", "pulsar+ssl://broker:6651"),
        ("PULSAR://p.messaging.svc.cluster.local:16650", "pulsar://p.messaging.svc.cluster.local:16650"),
        ("pulsar://[::1]:7000", "pulsar://[::1]:7000"), ("pulsar://10.0.0.1", "pulsar://10.0.0.1:6650"),
    ])
    func anAddressIs(_ text: String, _ full: String) throws {
        #expect(try BrokerAddress(text).description == full)
    }

    @Test(arguments: [
        "", "http://broker", "broker:6650", "pulsar://", "pulsar://:6650", "pulsar://broker:0", "pulsar://broker:70000",
        "pulsar://broker:x", "pulsar://user:password@broker", "pulsar://user@broker", "pulsar://a/b", "pulsar://[::1",
        "pulsar://[::1]x", "pulsar://[]", "pulsar://a b", "pulsar://a,b", "pulsar://a:1,b:2",
    ])
    func anAddressIsNot(_ text: String) {
        #expect(throws: BrokerAddressError.self) { try BrokerAddress(text) }
    }

    @Test(arguments: ["", "public", "public/default/x", "/default", "public/", "pub lic/default", "../default/x"])
    func aNamespaceIsNot(_ text: String) {
        #expect(throws: TopicNameError.self) { try TopicNamespace(text) }
    }

    @Test func aTopicIsNamedWhole() throws {
        let name = try TopicName("default_demo_healthcheck", in: TopicNamespace("rampart/flows"))
        #expect(name.description == "persistent://rampart/flows/default_demo_healthcheck")
        for text in ["", "a/b", "a b", "ä", "a\n"] {
            #expect(throws: TopicNameError.self) { try TopicName(text, in: .usual) }
        }
    }
}

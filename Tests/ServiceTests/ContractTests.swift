import Health
import Pulsar
import PulsarDouble
import Sandbox
import Testing
import Upstreams

@testable import Service

/// Each recorded exchange with the service that the UI was written for, against this one, in order.
///
/// The exchanges are those of the service as it was last; where a state of its libraries stood in the way (its caches),
/// those recorded without it. Walked beside this: node configs, flows, Grafana and settings, by tests of their own;
/// `LedgerTests` sees to it that no step is forgotten.
@Suite struct ContractTests {
    static let files = [
        "01-life-of-an-app", "02-version-against-generation", "03-reads-that-went-stale",
        "04-reads-that-went-stale-saves", "05-requests-that-fail", "06-requests-that-fail-versions",
        "07-requests-that-fail-what-the-cluster-refuses", "08-requests-that-fail-routes", "09-cluster-forbidden",
        "10-cluster-unreachable", "11-phases", "12-shapes-of-graphs", "13-read-only-app",
        "14-changes-beside-the-service", "15-duplicates", "16-row-numbers", "19-deploy-after-a-failure",
    ]

    @Test(arguments: files) func answersAsRecorded(_ file: String) async throws {
        let act = try RecordedAct.read(file + ".json")
        let flows = World.FlowsService()
        let server = PlainServer { try await flows.answer($0) }
        try await server.run { address in
            var options = Stack.Options()
            options.sandbox.playsController = false
            options.sandbox.createsNamespaces = !file.hasPrefix("07")
            options.service.corsOrigins = ["https://ui.example.com"]
            options.service.dashboardURL = "http://dashboard.example.com:8443/k8s"
            options.service.upstreams.repositories = try AddressTemplate(address)
            options.upstream = UpstreamClient(answerTimeout: .seconds(20))
            options.repositoryAnswers = (within: .milliseconds(500), for: .zero)
            options.hasCluster = !file.hasPrefix("10")
            options.hasGrafana = file.hasPrefix("01") || file.hasPrefix("14")
            try await Self.withPulsar(file.hasPrefix("12"), options) { options in
                try await Stack.run(options) { stack async throws in
                    var walk = Walk(act, stack, flows: flows)
                    if file.hasPrefix("09") {
                        walk.canSettle = false
                        stack.sandbox.setFaults([
                            SandboxFault(
                                .failure(code: 403, message: "rampartgraphs is forbidden"), path: "rampartgraphs")
                        ])
                    }
                    if file.hasPrefix("10") { walk.canSettle = false }
                    try await walk.run()
                }
            }
        }
    }

    /// Lends a broker that is well to the act that has a pulsar flow.
    private static func withPulsar(
        _ isWanted: Bool, _ options: Stack.Options, _ body: @Sendable (Stack.Options) async throws -> Void
    ) async throws {
        guard isWanted else { return try await body(options) }
        try await BrokerDouble.run { broker in
            let client = try PulsarClient(PulsarClientOptions(address: BrokerAddress(broker.url)))
            var options = options
            options.pulsar = PulsarCheck(client: client, namespace: .usual)
            try await body(options)
            client.shutdown()
        }
    }
}

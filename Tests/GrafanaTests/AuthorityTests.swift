import Grafana
import Sandbox
import TestSupport
import Testing

@Suite struct AuthorityTests {
    private func served(_ certificates: Certificates, _ options: inout GrafanaSandboxOptions) {
        options.certificate = (
            certificates.folder.appending("server.crt"), certificates.folder.appending("server.key")
        )
    }

    /// Grafana's certificate comes from another authority from one moment to the next: refused with a word that helps,
    /// until the file of authorities says the same. So for Prometheus.
    @Test func followsAnAuthorityThatIsReplaced() async throws {
        let (old, new) = (try await Certificates.make(), try await Certificates.make())
        let file = try old.folder.write(old.text("ca.crt"), to: "trusted.crt")
        let log = LogBook()
        let authority = try AuthorityFile(file, logger: log.logger)
        try await RunningGrafana.with {
            served(old, &$0)
        } _: { first in
            var address = first.client.address
            address.authority = authority
            let client = GrafanaClient(address)
            address = try ServerAddress(await first.sandbox.prometheusURL())
            address.authority = authority
            let prometheus = PrometheusClient(address)
            try await RunningGrafana.closing(client, prometheus) {
                @Sendable func failure() async -> GrafanaError? {
                    await RunningGrafana.failure { _ = try await client.datasources() }
                }
                #expect(await failure() == nil)
                try old.folder.write("no certificate", to: "trusted.crt")
                try await eventually("the change is seen") {
                    #expect(await failure() == nil, "what does not read changes nothing")
                    return log.lines.contains { $0.message.contains("Changed certificates do not read") }
                }
                await first.sandbox.stop()
                for name in ["server.crt", "server.key"] { try old.folder.write(new.text(name), to: name) }
                try await first.sandbox.start()
                let refused = await failure()
                #expect(refused?.kind == .tls)
                #expect(refused?.message.contains("not signed by a trusted authority") == true)
                try old.folder.write(new.text("ca.crt"), to: "trusted.crt")
                try await eventually("the new authority counts") { await failure() == nil }
                #expect(await RunningGrafana.failure { _ = try await prometheus.known() } == nil)
                #expect(log.lines.count { $0.message.contains("do not read") } == 1, "said once")
            }
        }
    }

    @Test func refusesWhatIsNoCertificate() throws {
        let folder = try TemporaryFolder()
        for (file, reason) in [
            (folder.appending("nothing"), "cannot be read"),
            (try folder.write("x", to: "text"), "holds no certificate in PEM"),
        ] {
            let error = #expect(throws: GrafanaError.self) { try AuthorityFile(file, logger: RunningGrafana.logger) }
            #expect(error?.kind == .credentials && error?.message.contains(reason) == true)
        }
    }
}

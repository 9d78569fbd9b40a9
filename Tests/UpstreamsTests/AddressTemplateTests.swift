import Testing
import Upstreams

@Suite struct AddressTemplateTests {
    @Test(arguments: [
        UpstreamAddresses.inCluster.volumes, UpstreamAddresses.inCluster.repositories,
        UpstreamAddresses.inCluster.liveness, "https://flows.example.com/{namespace}/{app}/", "http://127.0.0.1:8000",
    ])
    func takes(_ text: String) throws {
        let template = try AddressTemplate(text)
        #expect(template.url([.namespace: "default", .app: "demo", .componentNamespace: "default-demo-a"]) != nil)
    }

    @Test(arguments: [
        "", "flows:8000", "ftp://a", "file:///etc", "http://", "http://:80", "http://u:p@host", "http://{user}.host",
        "http://host?x=1", "http://host#x", "http://ho st", "http://host/}",
    ])
    func refuses(_ text: String) {
        #expect(throws: AddressTemplateError.self) { try AddressTemplate(text) }
    }

    @Test func fillsIn() throws {
        let template = try AddressTemplate("http://f.{namespace}-{app}.svc:8000//")
        #expect(template.url([.namespace: "team-a", .app: "demo"]) == "http://f.team-a-demo.svc:8000")
    }

    /// No name may lead to another host.
    @Test(arguments: ["", "evil.example.com/", "a@b", "a:1", "a#", "A", "a_b", "a%2f", "a.b", "{app}", "ü"])
    func fillsInLabelsOnly(_ name: String) throws {
        let template = try AddressTemplate("http://{app}.svc")
        #expect(template.url([.app: name]) == nil)
        #expect(template.url([:]) == nil)
    }
}

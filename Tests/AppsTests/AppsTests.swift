import Apps
import Testing

@Suite struct AppIDTests {
    @Test func readsNamespaceAndName() throws {
        let id = try #require(AppID("default_demo"))
        #expect(id.namespace == "default" && id.name == "demo" && id.description == "default_demo")
    }

    @Test(arguments: ["", "demo", "_", "a_", "_b", "a_b_c", "A_b", "a_b.c", "-a_b", "a_b-", "a_ö"])
    func refusesOtherNames(_ text: String) { #expect(AppID(text) == nil) }
}

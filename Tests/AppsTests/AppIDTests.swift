import Apps
import Testing

@Suite struct AppIDTests {
    @Test func readsNamespaceAndName() throws {
        let id = try #require(AppID("default_demo"))
        #expect(id.namespace == "default" && id.name == "demo" && id.description == "default_demo")
        #expect(id.folder == "apps/default/demo")
    }

    @Test(arguments: ["", "demo", "_", "a_", "_b", "a_b_c", "A_b", "a_b.c", "-a_b", "a_b-", "a_ö"])
    func refusesOtherNames(_ text: String) { #expect(AppID(text) == nil) }

    @Test func isOrderedByNamespaceFirst() throws {
        let texts = ["b_a", "a-b_c", "a_z", "a_b"]
        #expect(texts.compactMap { AppID($0) }.sorted().map(\.description) == ["a_b", "a_z", "a-b_c", "b_a"])
    }
}

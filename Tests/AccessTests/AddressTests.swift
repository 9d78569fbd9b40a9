import Testing

@testable import Access

@Suite struct AddressTests {
    @Test(
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3", "10.1.2.3", true),
            ("10.1.2.3", "10.1.2.4", false), ("192.168.4.0/22", "192.168.7.255", true),
            ("192.168.4.0/22", "192.168.8.0", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
            ("fd00::/8", "fdab::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("::1", "::1", true), ("10.0.0.0/8", "nonsense", false), ("10.0.0.0/8", "", false),
        ] as [(String, String, Bool)])
    func rangesHoldAddresses(_ range: String, _ address: String, _ isIn: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/-1", "10.0.0.0/x", "host", "10.0.0.0/"])
    func refusesWhatIsNoRange(_ text: String) { #expect(AddressRange(text) == nil) }

    @Test(
        arguments: [
            ("192.0.2.1", nil, "192.0.2.1"),
            ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9, nonsense", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9/8", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] as [(String, String?, String)])
    func onlyTrustedProxiesAreBelieved(_ peer: String, _ forwarded: String?, _ client: String) throws {
        let addresses = ClientAddress(trusting: [try #require(AddressRange("10.0.0.0/8"))])
        #expect(addresses.client(peer: peer, forwarded: forwarded) == client)
    }
}

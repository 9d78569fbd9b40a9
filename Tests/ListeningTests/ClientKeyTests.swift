import Listening
import Testing

@Suite struct ClientKeyTests {
    @Test(
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8:0:0::/64"),
            ("2001:db8::ffff:0:0:2", "2001:db8:0:0::/64"), ("2001:db8:0:1::1", "2001:db8:0:1::/64"), ("", ""),
            ("no: address", "no: address"),
        ])
    func anIPv6NetworkIsOneClient(_ address: String, _ key: String) {
        #expect(ClientKey.of(address) == key)
    }
}

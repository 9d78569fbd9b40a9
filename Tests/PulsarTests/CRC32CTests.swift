import Pulsar
import Testing

/// Against the vectors of RFC 3720, appendix B.4, and two that everybody uses.
@Suite struct CRC32CTests {
    @Test(
        arguments: [
            ([UInt8](), 0),
            (Array("123456789".utf8), 0xE306_9283),
            (Array("a".utf8), 0xC1D0_4330),
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            (Array(0...31), 0x46DD_794E),
            (Array((0...31).reversed()), 0x113F_DB5C),
        ] as [([UInt8], UInt32)])
    func isTheKnownOne(_ bytes: [UInt8], _ checksum: UInt32) {
        #expect(CRC32C.checksum(bytes) == checksum)
    }
}

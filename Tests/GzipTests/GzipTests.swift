import Foundation
import Gzip
import TestSupport
import Testing

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 300_000])
    func unpacksWhatItPacks(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let packed = try Gzip.pack(bytes)
        #expect(try Gzip.unpack(packed, limit: count) == bytes)
        if count > 0 { #expect(throws: GzipError.self) { try Gzip.unpack(packed, limit: count - 1) } }
    }

    /// `gzip` reads what is packed here, and what it packs is read here.
    @Test func agreesWithGzip() async throws {
        let text = String(repeating: "a release of Helm\n", count: 10_000)
        let folder = try TemporaryFolder()
        try Data(Gzip.pack(Array(text.utf8))).write(to: URL(filePath: folder.appending("here.gz")))
        try folder.write(text, to: "there")
        try await Command.output("gzip", ["-n", "there"], in: folder.path)
        try await Command.output("gzip", ["-d", "here.gz"], in: folder.path)
        #expect(try folder.read("here") == Data(text.utf8))
        #expect(try Gzip.unpack(folder.read("there.gz"), limit: 1 << 20) == Array(text.utf8))
    }

    /// A gigabyte that is a megabyte on its way does not take a gigabyte.
    @Test func aBombIsRefused() throws {
        let packed = try Gzip.pack([UInt8](repeating: 0, count: 32 << 20))
        #expect(packed.count < 64 << 10)
        #expect {
            try Gzip.unpack(packed, limit: 1 << 20)
        } throws: { "\($0)".contains("more than 1048576 bytes") }
    }

    @Test func whatIsDamagedIsRefused() throws {
        let packed = try Gzip.pack(Array("a release of Helm".utf8))
        for count in 0..<packed.count {
            #expect(throws: GzipError.self, "cut at \(count)") { try Gzip.unpack(packed[..<count], limit: 1_000) }
        }
        #expect(throws: GzipError.self) { try Gzip.unpack(packed + [0], limit: 1_000) }
        #expect(throws: GzipError.self) { try Gzip.unpack(Array("not gzip at all".utf8), limit: 1_000) }
        for place in 10..<packed.count {
            var changed = packed
            changed[place] ^= 0x55
            #expect(throws: GzipError.self, "changed at \(place)") { try Gzip.unpack(changed, limit: 1_000) }
        }
    }
}

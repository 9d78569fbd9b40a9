import NIOCore
import SwiftProtobuf
import Testing

@testable import Pulsar

@Suite struct FrameTests {
    /// A message, a command without one, and an empty message, one after the other.
    private static func frames() throws -> [Frame] {
        var metadata = WireMessageMetadata()
        metadata.producerName = "someone"
        metadata.sequenceID = 7
        metadata.publishTime = 1_800_000_000_000
        let content = Frame.Content.message(metadata: metadata, payload: ByteBuffer(string: "Healthcheck"))
        let empty = Frame.Content.message(metadata: metadata, payload: ByteBuffer())
        return [
            Frame(.send(producer: 3, sequence: 7), content: content),
            Frame(.lookup("persistent://public/default/x", authoritative: true, request: 4)),
            Frame(.send(producer: 3, sequence: 8), content: empty),
            Frame(.ping),
        ]
    }

    private static func bytes(_ frames: [Frame]) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        for frame in frames { try frame.write(into: &buffer) }
        return buffer
    }

    private static func read(_ pieces: [ByteBuffer], limit: Int = FrameDecoder.usualLimit) throws -> [Frame] {
        var frames: [Frame] = []
        let processor = NIOSingleStepByteToMessageProcessor(FrameDecoder(limit: limit))
        for piece in pieces { try processor.process(buffer: piece) { frames.append($0) } }
        return frames
    }

    private static func same(_ left: [Frame], _ right: [Frame]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { left, right in
                guard left.command == right.command else { return false }
                switch (left.content, right.content) {
                case (.message(let metadata, let payload), .message(let otherMetadata, let otherPayload)):
                    return metadata == otherMetadata && payload == otherPayload
                case (nil, nil): return true
                default: return false
                }
            }
    }

    @Test func isAsTheProtocolSays() throws {
        let buffer = try Self.bytes([try Self.frames()[0]])
        #expect(buffer.getInteger(at: 0, as: UInt32.self) == UInt32(buffer.readableBytes - 4))
        let command = Int(try #require(buffer.getInteger(at: 4, as: UInt32.self)))
        #expect(buffer.getInteger(at: 8 + command, as: UInt16.self) == 0x0E01)
        let rest = try #require(buffer.getSlice(at: 14 + command, length: buffer.readableBytes - 14 - command))
        #expect(buffer.getInteger(at: 10 + command, as: UInt32.self) == CRC32C.checksum(rest.readableBytesView))
        // BaseCommand { type: PING (18), ping: {} }, as the protocol's definition has it.
        #expect(try Array(Self.bytes([Frame(.ping)]).readableBytesView) == [0, 0, 0, 9, 0, 0, 0, 5, 8, 18, 0x92, 1, 0])
    }

    @Test func comesTogetherFromAnyTwoPieces() throws {
        let frames = try Self.frames()
        let buffer = try Self.bytes(frames)
        for place in 0...buffer.readableBytes {
            let first = try #require(buffer.getSlice(at: 0, length: place))
            let second = try #require(buffer.getSlice(at: place, length: buffer.readableBytes - place))
            #expect(Self.same(try Self.read([first, second]), frames), "split at \(place)")
        }
    }

    @Test func comesTogetherFromSingleBytes() throws {
        let frames = try Self.frames()
        let pieces = try Self.bytes(frames).readableBytesView.map { ByteBuffer(bytes: [$0]) }
        #expect(Self.same(try Self.read(pieces), frames))
    }

    @Test func everyChangedBitOfAMessageIsNoticed() throws {
        let frame = try Self.frames()[0]
        let buffer = try Self.bytes([frame])
        let command = Int(try #require(buffer.getInteger(at: 4, as: UInt32.self)))
        for place in (10 + command)..<buffer.readableBytes {
            var changed = buffer
            changed.setInteger((buffer.getInteger(at: place, as: UInt8.self) ?? 0) ^ 0x10, at: place)
            guard case .damaged = try Self.read([changed]).first?.content else {
                Issue.record("a changed byte \(place) was taken for what was sent")
                continue
            }
        }
    }

    /// As clients of old send it.
    @Test func aMessageMayComeWithoutAChecksum() throws {
        let frame = try Self.frames()[0]
        var buffer = try Self.bytes([frame])
        let command = Int(try #require(buffer.getInteger(at: 4, as: UInt32.self)))
        var short = try #require(buffer.getSlice(at: 0, length: 8 + command))
        buffer.moveReaderIndex(forwardBy: 14 + command)
        short.writeBuffer(&buffer)
        short.setInteger(UInt32(short.readableBytes - 4), at: 0)
        #expect(Self.same(try Self.read([short]), [frame]))
    }

    @Test(
        arguments: [
            ([0, 0, 0, 3, 0, 0, 0], "a frame of 3 bytes"), ([0xFF, 0xFF, 0xFF, 0xFF], "a frame of 4294967295 bytes"),
            ([0, 0, 4, 1], "a frame of 1025 bytes"), ([0, 0, 0, 4, 0, 0, 0, 1], "a command is longer than its frame"),
            ([0, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF], "a command is longer than its frame"),
            ([0, 0, 0, 6, 0, 0, 0, 2, 0x0A, 0xFF], "a command cannot be read"),
        ] as [([UInt8], String)])
    func isRefused(_ bytes: [UInt8], _ reason: String) {
        #expect {
            try Self.read([ByteBuffer(bytes: bytes)], limit: 1_024)
        } throws: { error in
            (error as? FrameError)?.description.contains(reason) == true
        }
    }

    /// A command of a newer protocol, like `WATCH_TOPIC_LIST` (64), is a command without a type, and no error.
    @Test func whatIsUnknownIsNoError() throws {
        let bytes: [UInt8] = [0, 0, 0, 9, 0, 0, 0, 5, 8, 64, 0x82, 4, 0]
        let frame = try #require(try Self.read([ByteBuffer(bytes: bytes)]).first)
        #expect(!frame.command.hasType)
    }

    /// Bytes by chance, and frames with a few bytes changed, cut or moved: an error or a frame, never a trap.
    @Test(arguments: 0..<8)
    func anyBytesAreReadOrRefused(_ seed: UInt64) throws {
        var random = SmallGenerator(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
        let good = Array(try Self.bytes(try Self.frames()).readableBytesView)
        for _ in 0..<1_500 {
            var bytes: [UInt8]
            if Bool.random(using: &random) {
                bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in .random(in: 0...255, using: &random) }
                // Most begin with a size that fits, so that there is something to read.
                if bytes.count >= 8, UInt8.random(in: 0...9, using: &random) > 0 {
                    bytes.replaceSubrange(0..<4, with: [0, 0, 0, UInt8(bytes.count - 4)])
                    bytes.replaceSubrange(4..<8, with: [0, 0, 0, .random(in: 0...60, using: &random)])
                }
            } else {
                bytes = good
                for _ in 0...Int.random(in: 0...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
                }
                bytes.removeLast(Int.random(in: 0...8, using: &random))
            }
            _ = try? Self.read([ByteBuffer(bytes: bytes)])
            _ = try? Frame(parsing: ByteBuffer(bytes: bytes))
            _ = Frame.Content(parsing: ByteBuffer(bytes: bytes))
        }
    }
}

/// The same numbers for the same seed (xorshift64*).
private struct SmallGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

import NIOCore
import Pulsar

/// What may come over a connection to a broker. The first byte says where the rest is cut in two, as networks cut.
enum PulsarTarget {
    /// The same frames and the same end come of it, in one piece or in two; and a frame that is written reads the same.
    @Sendable static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        let stream = bytes.dropFirst()
        let place = stream.startIndex + stream.count * Int(first) / 255
        let (frames, ending) = read([stream])
        let (again, otherEnding) = read([stream[..<place], stream[place...]])
        demand(ending == otherEnding, "'\(ending)' in one piece, '\(otherEnding)' in two")
        demand(same(frames, again), "other frames in one piece than in two")
        for frame in frames { rewrite(frame) }
    }

    /// - Returns: the frames, and what ends the reading; empty where nothing does.
    private static func read(_ pieces: [ArraySlice<UInt8>]) -> (frames: [Frame], ending: String) {
        var frames: [Frame] = []
        let processor = NIOSingleStepByteToMessageProcessor(FrameDecoder())
        do {
            for piece in pieces { try processor.process(buffer: ByteBuffer(bytes: piece)) { frames.append($0) } }
        } catch {
            return (frames, "\(error)")
        }
        return (frames, "")
    }

    /// What lacks a required field, and what came damaged, is not written.
    private static func rewrite(_ frame: Frame) {
        var buffer = ByteBuffer()
        guard (try? frame.write(into: &buffer)) != nil else { return }
        let (frames, ending) = read([Array(buffer.readableBytesView)[...]])
        demand(ending.isEmpty && same(frames, [frame]), "a frame that reads as another when it is written: \(ending)")
    }

    private static func same(_ left: [Frame], _ right: [Frame]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.command == $1.command && same($0, $1) }
    }

    private static func same(_ left: Frame, _ right: Frame) -> Bool {
        switch (left.content, right.content) {
        case (.message(let metadata, let payload), .message(let otherMetadata, let otherPayload)):
            metadata == otherMetadata && payload == otherPayload
        case (.damaged(let why), .damaged(let otherWhy)): why == otherWhy
        case (nil, nil): true
        default: false
        }
    }
}

package import NIOCore

/// Cuts what a connection brings into frames. A frame over the limit ends the connection before it takes memory.
package struct FrameDecoder: NIOSingleStepByteToMessageDecoder {
    package typealias InboundOut = Frame

    /// The most that a broker lets a message have by default (5 MiB), and room for its metadata.
    package static let usualLimit = (5 << 20) + (64 << 10)

    private let limit: Int

    /// - Parameter limit: how many bytes a frame may have, without the size before it.
    package init(limit: Int = FrameDecoder.usualLimit) { self.limit = limit }

    package mutating func decode(buffer: inout ByteBuffer) throws -> Frame? {
        guard let size = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self) else { return nil }
        guard size >= 4, size <= limit else { throw FrameError("a frame of \(size) bytes; at most \(limit) are taken") }
        guard buffer.readableBytes >= 4 + Int(size) else { return nil }
        buffer.moveReaderIndex(forwardBy: 4)
        guard let bytes = buffer.readSlice(length: Int(size)) else { return nil }
        return try Frame(parsing: bytes)
    }

    package mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> Frame? {
        try decode(buffer: &buffer)
    }
}

/// Writes frames.
package struct FrameEncoder: MessageToByteEncoder {
    package typealias OutboundIn = Frame

    package init() {}

    package func encode(data: Frame, out: inout ByteBuffer) throws { try data.write(into: &out) }
}

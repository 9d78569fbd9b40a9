import NIOCore

/// Cuts a stream of chunks into lines, wherever the chunks begin and end. A line that is not ended yet waits for more.
struct LineSplitter {
    private var buffer = ByteBuffer()
    /// How far the unfinished line has been searched, so that a long line is not searched from its start each time.
    private var searched = 0

    /// Bytes of a line that has no end yet.
    var pending: Int { buffer.readableBytes }

    mutating func append(_ chunk: ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = chunk
            searched = 0
        } else {
            buffer.discardReadBytes()
            buffer.writeImmutableBuffer(chunk)
        }
    }

    /// The next line that is complete, without its line feed; empty lines are left out.
    mutating func next() -> ByteBuffer? {
        while true {
            let view = buffer.readableBytesView
            guard let end = view.dropFirst(searched).firstIndex(of: 0x0A) else {
                searched = view.count
                return nil
            }
            let length = end - view.startIndex
            searched = 0
            let line = buffer.readSlice(length: length)
            buffer.moveReaderIndex(forwardBy: 1)
            if let line, !line.readableBytesView.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return line }
        }
    }
}

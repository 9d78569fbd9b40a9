import Glibc
import Hummingbird
import NIOCore
import NIOPosix

/// A part of a file on its way to a client, read piece by piece and no faster than the client takes it.
struct FileBody: Sendable {
    let descriptor: Descriptor
    let range: Range<Int>

    /// Large enough that a piece costs more to copy than to ask for.
    private static let piece = 512 << 10

    var response: ResponseBody {
        ResponseBody(contentLength: range.count) { writer in
            var next = range.lowerBound
            while next < range.upperBound {
                let buffer = try await read(at: next, count: min(Self.piece, range.upperBound - next))
                next += buffer.readableBytes
                try await writer.write(buffer)
            }
            try await writer.finish(nil)
        }
    }

    /// Reads on a thread that may wait for a disk.
    private func read(at offset: Int, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive {
            var buffer = ByteBuffer()
            let got = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                while true {
                    let got = pread(descriptor.number, bytes.baseAddress, count, off_t(offset))
                    if got < 0, errno == EINTR { continue }
                    // Shorter than it was: the client has to see that this is not all of it.
                    guard got > 0 else { throw FileFault(got < 0 ? errno : EIO) }
                    return got
                }
            }
            precondition(got > 0)
            return buffer
        }
    }
}

import CZlib

/// Reads and writes gzip (RFC 1952), with zlib.
public enum Gzip {
    /// Windows of 32 KiB, and gzip's header and trailer around the data.
    private static let window: Int32 = 15 + 16
    private static let piece = 64 << 10

    /// Unpacks one gzip file.
    ///
    /// - Parameter limit: how many bytes may come out. What would be more is an error before it takes memory.
    /// - Throws: ``GzipError`` where the bytes are no whole gzip file, are followed by others, or hold more.
    public static func unpack(_ bytes: some Collection<UInt8>, limit: Int) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw GzipError("zlib cannot be set up")
        }
        defer { inflateEnd(&stream) }
        let input = Array(bytes)
        var (out, code) = ([UInt8](), Z_OK)
        var buffer = [UInt8](repeating: 0, count: piece)
        var consumed = 0
        while code == Z_OK {
            let (offset, written) = (consumed, step(&stream, input, from: consumed, into: &buffer) { inflate($0, $1) })
            (code, consumed) = (written.code, offset + written.consumed)
            guard out.count + written.count <= limit else { throw GzipError("more than \(limit) bytes come out") }
            out += buffer[..<written.count]
        }
        guard code == Z_STREAM_END else { throw GzipError(code == Z_BUF_ERROR ? "it ends too early" : "it is damaged") }
        guard consumed == input.count else { throw GzipError("something follows it") }
        return out
    }

    /// Packs bytes into one gzip file.
    public static func pack(_ bytes: some Collection<UInt8>) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        guard
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw GzipError("zlib cannot be set up") }
        defer { deflateEnd(&stream) }
        let input = Array(bytes)
        var (out, code, consumed) = ([UInt8](), Z_OK, 0)
        var buffer = [UInt8](repeating: 0, count: piece)
        while code == Z_OK {
            let written = step(&stream, input, from: consumed, into: &buffer) { stream, _ in deflate(stream, Z_FINISH) }
            (code, consumed) = (written.code, consumed + written.consumed)
            out += buffer[..<written.count]
        }
        guard code == Z_STREAM_END else { throw GzipError("zlib fails with \(code)") }
        return out
    }

    /// One call of zlib: takes from `input` what it can, fills `buffer` as far as it gets.
    private static func step(
        _ stream: inout z_stream, _ input: [UInt8], from offset: Int, into buffer: inout [UInt8],
        _ call: (UnsafeMutablePointer<z_stream>, Int32) -> Int32
    ) -> (code: Int32, consumed: Int, count: Int) {
        input.withUnsafeBufferPointer { input in
            buffer.withUnsafeMutableBufferPointer { output in
                let rest = UnsafeBufferPointer(rebasing: input[offset...])
                // zlib reads from here only, whatever the type says.
                stream.next_in = rest.baseAddress.map { UnsafeMutablePointer(mutating: $0) }
                stream.avail_in = uInt(clamping: rest.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(clamping: output.count)
                let given = Int(stream.avail_in)
                let code = call(&stream, Z_NO_FLUSH)
                return (code, given - Int(stream.avail_in), output.count - Int(stream.avail_out))
            }
        }
    }
}

/// Why bytes cannot be unpacked.
public struct GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

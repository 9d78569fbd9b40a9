import Glibc
import Synchronization

/// Where the lines of a log go: each is written whole, whoever logs at the same time.
public final class LogOutput: Sendable {
    private let lock = Mutex(())
    private let sink: @Sendable ([UInt8]) -> Void

    /// - Parameter sink: gets one line at a time, with its line feed.
    public init(_ sink: @escaping @Sendable ([UInt8]) -> Void) { self.sink = sink }

    /// Standard error.
    public static let standardError = LogOutput { LogOutput.write($0, to: STDERR_FILENO) }

    func write(_ line: [UInt8]) { lock.withLock { _ in sink(line) } }

    /// Writes all of it; gives the rest of a line up where nobody reads, as a log may not stop the service.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written < 0, errno == EAGAIN {
                    // Somebody has made the pipe non-blocking.
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    guard poll(&wait, 1, 1_000) > 0 else { return }
                } else if written == 0 || errno != EINTR {
                    return
                }
            }
        }
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate var baseAddress: UnsafeRawPointer? { UnsafeRawBufferPointer(rebasing: self).baseAddress }
}

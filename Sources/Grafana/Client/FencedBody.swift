import AsyncHTTPClient
import NIOCore

/// A body that goes out only where a fence is open at that very moment: a server does nothing with a request whose body is
/// missing.
struct FencedBody: AsyncSequence, Sendable {
    private let bytes: ByteBuffer
    private let fence: Exchange.Fence
    private let operation: String

    init(_ bytes: ByteBuffer, _ fence: @escaping Exchange.Fence, _ operation: String) {
        self.bytes = bytes
        self.fence = fence
        self.operation = operation
    }

    var body: HTTPClientRequest.Body { .stream(self, length: .known(Int64(bytes.readableBytes))) }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes, fence: fence, operation: operation) }

    struct Iterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer?
        fileprivate let fence: Exchange.Fence
        fileprivate let operation: String

        mutating func next() async throws(GrafanaError) -> ByteBuffer? {
            guard let bytes = rest else { return nil }
            guard fence() else { throw GrafanaError.fenced(operation) }
            rest = nil
            return bytes
        }
    }
}

extension GrafanaError {
    /// Whoever may not write any more has been about to.
    static func fenced(_ operation: String) -> GrafanaError {
        GrafanaError(.cancelled, operation, "not sent: it may not be written from here any more")
    }
}

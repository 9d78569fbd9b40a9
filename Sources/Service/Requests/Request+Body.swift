import Hummingbird
import NIOCore

extension Request {
    /// Collects the body.
    ///
    /// - Throws: ``RestError`` 413 where it is longer, 408 where it takes longer, 503 where bodies of others take all the
    ///   room that there is.
    func wholeBody(upTo limit: Int, within timeout: Duration) async throws -> [UInt8] {
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > limit { throw Self.tooLarge(limit) }
        let (body, share) = (body, BodyShare.current)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await part in body {
                    guard bytes.count + part.readableBytes <= limit else { throw Self.tooLarge(limit) }
                    guard share?.take(part.readableBytes) ?? true else { throw RestError.busy }
                    bytes.append(contentsOf: part.readableBytesView)
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw RestError(.requestTimeout, state: "body_too_slow", "the body did not arrive within \(timeout)")
            }
            defer { group.cancelAll() }
            guard let bytes = try await group.next() else { throw CancellationError() }
            return bytes
        }
    }

    private static func tooLarge(_ limit: Int) -> RestError {
        RestError(.contentTooLarge, state: "body_too_large", "the body is too large, at most \(limit) bytes are taken")
    }
}

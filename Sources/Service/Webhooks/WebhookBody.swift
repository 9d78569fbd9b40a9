import Forges
import HTTPTypes
import Hummingbird
import JSONValues
import NIOCore
import URLText

/// The body of a delivery: checked as it comes in, kept only as far as it is read.
struct WebhookBody: Sendable {
    /// The bytes; nil where the body is longer than what is read, or there is no room for it.
    var bytes: [UInt8]?
    var verifier: WebhookVerifier

    /// Takes the whole body.
    ///
    /// - Parameter share: what the bytes that are kept take of the room for all of them.
    /// - Throws: ``RestError`` 413 where it is longer than what is taken, 408 where it takes too long.
    init(
        _ request: Request, verifier: WebhookVerifier, options: WebhookOptions, share: BodyShare
    ) async throws {
        let limit = options.longestBody
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Self.tooLarge(limit)
        }
        let body = request.body
        let (kept, timeout) = (options.longestPayload, options.bodyTimeout)
        self = try await withThrowingTaskGroup(of: WebhookBody.self) { group in
            group.addTask {
                var taken = WebhookBody(bytes: [], verifier: verifier)
                var count = 0
                for try await part in body {
                    count += part.readableBytes
                    guard count <= limit else { throw Self.tooLarge(limit) }
                    part.withUnsafeReadableBytes { taken.verifier.update($0) }
                    if taken.bytes == nil { continue }
                    if count > kept || !share.take(part.readableBytes) {
                        // Its signature needs no more than what is there now.
                        taken.bytes = nil
                        share.give()
                    } else {
                        taken.bytes?.append(contentsOf: part.readableBytesView)
                    }
                }
                return taken
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw RestError(.requestTimeout, state: "body_too_slow", "the body did not arrive within \(timeout)")
            }
            defer { group.cancelAll() }
            guard let taken = try await group.next() else { throw CancellationError() }
            return taken
        }
    }

    private init(bytes: [UInt8]?, verifier: WebhookVerifier) {
        self.bytes = bytes
        self.verifier = verifier
    }

    /// The payload: JSON, or a form with JSON in `payload`, as GitHub and Gitea send it too where they are told so.
    ///
    /// - Returns: null for an empty body; nil where it is longer than what is read.
    func payload(contentType: String?) throws(RestError) -> JSON? {
        guard let bytes else { return nil }
        var text = bytes[...]
        let type = contentType?.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        if type == "application/x-www-form-urlencoded" {
            let form = QueryText(Substring(decoding: bytes, as: UTF8.self))
            guard let payload = form["payload"] else {
                throw RestError(.badRequest, state: "bad_payload", "the form has no 'payload', expected JSON in it")
            }
            text = Array(payload.utf8)[...]
        }
        if text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return .null }
        do {
            return try JSON(parsing: text)
        } catch {
            throw RestError(.badRequest, state: "bad_payload", "the body is no JSON: \(error)")
        }
    }

    private static func tooLarge(_ limit: Int) -> RestError {
        RestError(
            .contentTooLarge, state: "body_too_large", "the delivery is too large, at most \(limit) bytes are taken")
    }
}

import JSONValues
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Reads the body of an answer that is no success: a `Status`, or the text of something before the API server.
enum StatusBody {
    static func failure(
        code: Int, headers: HTTPHeaders, body: ByteBuffer, operation: KubernetesError.Operation
    ) -> TransportFailure {
        var error = read(code: code, body: body, operation: operation)
        if let seconds = headers.first(name: "Retry-After").flatMap({ Int($0) }), seconds >= 0 {
            error.retryAfter = max(error.retryAfter ?? .zero, .seconds(seconds))
        }
        let failure: RetryPolicy.Failure = error.isInvalid ? .final : .status(code, retryAfter: error.retryAfter)
        return TransportFailure(failure: failure, error: error)
    }

    /// An error of a `Status`, as the body of an answer or as the object of a watch's ERROR event.
    static func error(
        _ status: JSON, code: Int, operation: KubernetesError.Operation
    ) -> KubernetesError {
        let details = status["details"]
        var error = KubernetesError(
            .status(code), operation: operation, message: status["message"]?.string ?? "status \(code)",
            reason: status["reason"]?.string ?? "")
        error.causes = (details?["causes"]?.array ?? []).map { cause in
            KubernetesError.Cause(
                reason: cause["reason"]?.string ?? "", field: cause["field"]?.string ?? "",
                message: cause["message"]?.string ?? "")
        }
        if let details, details["name"] != nil || details["kind"] != nil {
            error.subject = KubernetesError.Subject(
                group: details["group"]?.string ?? "", kind: details["kind"]?.string ?? "",
                name: details["name"]?.string ?? "", uid: details["uid"]?.string ?? "")
        }
        if let seconds = details?["retryAfterSeconds"]?.int, seconds > 0 { error.retryAfter = .seconds(seconds) }
        error.continueToken = status.at("metadata", "continue")?.string.flatMap { $0.isEmpty ? nil : $0 }
        return error
    }

    private static func read(
        code: Int, body: ByteBuffer, operation: KubernetesError.Operation
    ) -> KubernetesError {
        if let json = try? JSON(parsing: body.readableBytesView), json["kind"]?.string == "Status" {
            return error(json, code: code, operation: operation)
        }
        let text = String(decoding: body.readableBytesView.prefix(1_000), as: UTF8.self)
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return KubernetesError(
            .status(code), operation: operation,
            message: line.isEmpty ? HTTPResponseStatus(statusCode: code).reasonPhrase : line)
    }
}

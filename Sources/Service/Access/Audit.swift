import Access
import Hummingbird
import Logging

/// Writes down who did, or tried to do, what. Messages are fixed; what varies is metadata.
struct Audit: Sendable {
    let logger: Logger

    func note(_ exchange: Exchange, _ request: Request, _ status: HTTPResponse.Status, _ error: RestError?) {
        let isWrite = ![.get, .head, .options].contains(request.method)
        let isDenied = status == .unauthorized || status == .forbidden
        guard isDenied || isWrite && !exchange.isAuditedApart else { return }
        let (subjects, commits) = exchange.notes
        var metadata = Self.metadata(exchange, request.method, request.uri.path)
        metadata["status"] = .stringConvertible(status.code)
        if !subjects.isEmpty { metadata["subject"] = "\(subjects.joined(separator: ", "))" }
        if !commits.isEmpty { metadata["commit"] = "\(commits.joined(separator: ", "))" }
        if isDenied {
            if let why = exchange.denial ?? error?.message { metadata["why"] = "\(why)" }
            logger.notice("audit: denied", metadata: metadata)
        } else {
            logger.notice("audit: write", metadata: metadata)
        }
    }

    /// What a hook found a push to be, which is known later than the answer to its request begins.
    ///
    /// - Parameters:
    ///   - why: what it was refused for; empty where it was let in.
    func note(
        pushOf subjects: [String], commit: String?, refusedFor why: [String], _ exchange: Exchange,
        _ method: HTTPRequest.Method, _ path: String
    ) {
        var metadata = Self.metadata(exchange, method, path)
        // A push may be of thousands; the commit says which.
        let first = subjects.prefix(20).joined(separator: ", ")
        if !first.isEmpty {
            metadata["subject"] = "\(first)\(subjects.count > 20 ? " and \(subjects.count - 20) more" : "")"
        }
        if let commit { metadata["commit"] = "\(commit)" }
        if why.isEmpty {
            logger.notice("audit: write", metadata: metadata)
        } else {
            metadata["why"] = "\(why.joined(separator: "; ").prefix(4_096))"
            logger.notice("audit: denied", metadata: metadata)
        }
    }

    private static func metadata(
        _ exchange: Exchange, _ method: HTTPRequest.Method, _ path: String
    ) -> Logger.Metadata {
        [
            "user": "\(exchange.caller?.user ?? "-")", "means": "\(exchange.caller?.means.rawValue ?? "none")",
            "client": "\(exchange.client)", "method": "\(method)", "path": "\(path)",
        ]
    }
}

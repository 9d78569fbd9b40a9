import Access
import Hummingbird
import Logging

/// Writes down who did, or tried to do, what. Messages are fixed; what varies is metadata.
struct Audit: Sendable {
    let logger: Logger

    func note(_ exchange: Exchange, _ request: Request, _ status: HTTPResponse.Status, _ error: RestError?) {
        let isWrite = ![.get, .head, .options].contains(request.method)
        let isDenied = status == .unauthorized || status == .forbidden
        guard isWrite || isDenied else { return }
        let (subjects, commits) = exchange.notes
        var metadata: Logger.Metadata = [
            "user": "\(exchange.caller?.user ?? "-")", "means": "\(exchange.caller?.means.rawValue ?? "none")",
            "client": "\(exchange.client)", "method": "\(request.method)", "path": "\(request.uri.path)",
            "status": "\(status.code)",
        ]
        if !subjects.isEmpty { metadata["subject"] = "\(subjects.joined(separator: ", "))" }
        if !commits.isEmpty { metadata["commit"] = "\(commits.joined(separator: ", "))" }
        if isDenied {
            if let why = exchange.denial ?? error?.message { metadata["why"] = "\(why)" }
            logger.notice("audit: denied", metadata: metadata)
        } else {
            logger.notice("audit: write", metadata: metadata)
        }
    }
}

import Logging
import Synchronization

/// Logs each warning of a server once, not with each request that brings it.
final class WarningLog: Sendable {
    private let seen = Mutex<Set<String>>([])
    private let logger: Logger
    /// So that a server that puts changing text into its warnings does not fill the memory.
    private let limit = 1_000

    init(logger: Logger) { self.logger = logger }

    func note(_ warnings: [String], operation: KubernetesError.Operation) {
        for warning in warnings {
            let isNew = seen.withLock { seen in seen.count < limit && seen.insert(warning).inserted }
            guard isNew else { continue }
            logger.warning(
                "The API server warns", metadata: ["warning": "\(warning)", "operation": "\(operation)"])
        }
    }
}

/// The text of a `Warning` header: `299 - "text"`, with quotes and backslashes escaped.
enum WarningHeader {
    static func text(_ header: String) -> String? {
        guard let open = header.firstIndex(of: "\"") else { return nil }
        var text = ""
        var isEscaped = false
        for character in header[header.index(after: open)...] {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                return text
            } else {
                text.append(character)
            }
        }
        return nil
    }
}

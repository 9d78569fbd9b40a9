public import Logging
import Synchronization

/// Remembers what is logged.
public final class LogBook: Sendable {
    /// One line, with what its logger and its provider added to it.
    public struct Line: Sendable, CustomStringConvertible {
        public let level: Logger.Level
        public let message: String
        public let metadata: [String: String]

        public var description: String { "\(level) \(message) \(metadata)" }
    }

    private let book = Mutex<[Line]>([])
    private let provider: Logger.MetadataProvider?

    /// - Parameter metadataProvider: what adds to each line, as in the program.
    public init(metadataProvider: Logger.MetadataProvider? = nil) { provider = metadataProvider }

    public var lines: [Line] { book.withLock { $0 } }

    public func lines(_ message: String) -> [Line] { lines.filter { $0.message == message } }

    public var logger: Logger {
        Logger(label: "test") { _ in Handler(book: self, metadataProvider: self.provider) }
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var all = metadata
            for (key, value) in metadataProvider?.get() ?? [:] { all[key] = value }
            for (key, value) in event.metadata ?? [:] { all[key] = value }
            let line = Line(
                level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" })
            book.book.withLock { $0.append(line) }
        }
    }
}

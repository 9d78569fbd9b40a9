public import Logging

/// Writes each entry of a log as one line, in one of two formats.
public struct LineLogHandler: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: LogFormat
    private let output: LogOutput

    /// - Parameters:
    ///   - label: of the logger.
    ///   - output: where the lines go; several handlers share it.
    ///   - metadataProvider: says what belongs to every entry of the task that logs; its request by default.
    public init(
        label: String, format: LogFormat, output: LogOutput,
        metadataProvider: Logger.MetadataProvider? = RequestID.metadataProvider
    ) {
        self.label = label
        self.format = format
        self.output = output
        self.metadataProvider = metadataProvider
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = "\(error)" }
        let line = LogLine(
            time: .now(), level: event.level, label: label, message: event.message.description, metadata: all)
        output.write(line.bytes(format))
    }
}

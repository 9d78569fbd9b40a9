import ArgumentParser
import Logging
import Logs

/// What a command that goes on logs, and how.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log-format"),
        help: "text, or json: one object a line with time, level, label, message and what belongs to it.")
    var format: OutputFormat = .text

    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var level: LogLevel = .info

    /// The logger of the process; libraries that make one of their own write in the same format.
    ///
    /// To be called once in the life of a process.
    func logger(_ label: String = "rampart") -> Logger {
        let format: LogFormat = format == .json ? .json : .text
        LoggingSystem.bootstrap { LineLogHandler(label: $0, format: format, output: .standardError) }
        var logger = Logger(label: label)
        logger.logLevel = level.level
        return logger
    }
}

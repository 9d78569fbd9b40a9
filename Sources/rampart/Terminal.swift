import ArgumentParser
import Foundation
import Logging

/// What people see: plain text, coloured only on a terminal that wants colour.
enum Terminal {
    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    /// Whether standard output shows colours: a terminal, `NO_COLOR` not set (no-color.org), `TERM` not `dumb`.
    static let outputHasColour = hasColour(STDOUT_FILENO)
    static let errorsHaveColour = hasColour(STDERR_FILENO)

    private static func hasColour(_ descriptor: Int32) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        return isatty(descriptor) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// A text in a style, for standard output.
    static func styled(_ text: some StringProtocol, _ style: Style) -> String {
        outputHasColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : String(text)
    }

    /// A text of somebody else on one line: without control characters, which a terminal would obey.
    static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar
                }))
    }

    /// Writes to standard output at once, also where that is a pipe.
    static func print(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }

    /// Writes to standard error.
    static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// A failure that ends the program with exit code 1 and one clear message.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// How a command prints its result.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// What the log leaves out: everything below this level.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .info }
}

import Apps
import Graphs

/// What a pusher reads.
enum HookText {
    /// How many problems, and how many apps, are listed.
    static let most = 20

    static func lines(_ verdict: PushVerdict) -> [String] {
        let problems = verdict.problems
        if !problems.isEmpty {
            let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
            var lines = ["rampart: the push is refused, \(count):"]
            lines += problems.prefix(most).map { "  \(plain("\($0)"))" }
            if problems.count > most { lines.append("  and \(problems.count - most) more") }
            if problems.contains(where: { $0.file != nil }) {
                lines.append("rampart: 'rampart check --since @{upstream}' in your work tree says the same")
            }
            return lines
        }
        let changes = verdict.changes
        return [
            ("live", changes.live), ("draft", changes.drafts), ("deleted", changes.deleted),
        ].filter { !$0.1.isEmpty }.map { what, apps in
            let names = apps.prefix(most).map(\.description).joined(separator: ", ")
            return "rampart: \(what): \(names)\(apps.count > most ? " and \(apps.count - most) more" : "")"
        }
    }

    /// Without what a terminal might take for a command: names in a push are anybody's.
    static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}

import Git
import Graphs

extension MergePreview {
    /// The first line of the Markdown, by which a script finds its own comment again.
    public static let markdownMarker = "<!-- rampart diff -->"

    /// The preview as a comment on a pull request: a short summary, and what there is to say of each app folded in.
    ///
    /// All that comes from the repository stands in code spans and code blocks whose fences are longer than any in the
    /// text, or is escaped, so that no graph can write markup, links or mentions. Of a large change it tells as much as
    /// forges take in one comment (65,536 characters on GitHub).
    public func markdown() -> String {
        var text = MarkdownText(limit: 60_000)
        text.add(Self.markdownMarker)
        let mark = isGood ? "✅" : "❌"
        text.add("### \(mark) Rampart: \(PreviewWords.summary(self))\n")
        text.add(
            "Merging \(MarkdownText.code(head.commit.short)) into \(MarkdownText.code(base.name)) "
                + "(\(MarkdownText.code(base.commit.short))):\n")
        addAlarms(to: &text)
        if !apps.isEmpty {
            text.add("| app | version | cluster |")
            text.add("|---|---|---|")
            for app in apps.prefix(200) {
                text.add("| `\(app.id)` | \(PreviewWords.versions(app)) | \(PreviewWords.effect(app)) |")
            }
            if apps.count > 200 { text.add("\n… and \(apps.count - 200) more apps") }
            text.add("")
        }
        for (kind, files) in [("Node configs", configs)] where !files.isEmpty {
            text.add("\(kind): \(Self.list(PreviewWords.files(files)))\n")
        }
        if changesSettings { text.add("The settings of the repository, `rampart.yaml`, change.\n") }
        if otherFiles > 0 {
            text.add("\(PreviewWords.counted(otherFiles, "other file")), not read by the service.\n")
        }
        var left = 0
        for app in apps where hasDetails(app) {
            if text.isFull || !text.add(section: details(of: app)) { left += 1 }
        }
        if left > 0 { text.add("… the details of \(PreviewWords.counted(left, "app")) are left out here.") }
        return text.text
    }

    /// What keeps the merge from being good stands first and is not folded in.
    private func addAlarms(to text: inout MarkdownText) {
        if holdsPrune { text.add("⚠️ \(PreviewWords.heldPrune).\n") }
        var alarms = conflicts.map { "conflict in \(MarkdownText.code($0))" }
        alarms += problems.map { problem in
            let place = [problem.file, problem.line.map(String.init), problem.column.map(String.init)]
            let start = MarkdownText.code(place.compactMap { $0 }.joined(separator: ":"))
            let path = problem.path.isEmpty ? "" : " \(MarkdownText.code(problem.path)):"
            return "\(start)\(path) \(MarkdownText.code(problem.message))"
        }
        for (id, message) in (cluster?.refusals ?? [:]).sorted(by: { $0.key < $1.key }) {
            alarms.append("`\(id)`: the API server refuses: \(MarkdownText.code(message))")
        }
        for alarm in alarms.prefix(50) { text.add("- \(alarm)") }
        if alarms.count > 50 { text.add("- … and \(alarms.count - 50) more") }
        if !alarms.isEmpty { text.add("") }
        if let why = cluster?.unanswered { text.add("⚠️ The cluster was not asked: \(MarkdownText.code(why))\n") }
    }

    private func hasDetails(_ app: AppPreview) -> Bool {
        !app.graph.isEmpty || !app.settings.isEmpty || !app.dashboards.isEmpty || cluster?.drift[app.id] != nil
    }

    private func details(of app: AppPreview) -> String {
        var lines: [String] = PreviewWords.parts(app.graph).map { "\($0.mark) \(PreviewWords.visible($0.name))" }
        let changes = app.graph.changes + app.settings
        lines += changes.prefix(100).flatMap(PreviewWords.lines).map { "\($0.mark) \($0.text)" }
        if changes.count > 100 { lines.append("# … and \(changes.count - 100) more places") }
        lines += PreviewWords.files(app.dashboards).map { "\($0.mark) dashboard \(PreviewWords.visible($0.name))" }
        var parts = [lines.isEmpty ? "" : MarkdownText.block(lines, "diff")]
        if let drift = cluster?.drift[app.id] {
            parts.append("Drift of today: \(PreviewWords.drift(drift)).")
            if case .fields(let fields) = drift {
                let shown = fields.prefix(50).flatMap(PreviewWords.lines).map { "\($0.mark) \($0.text)" }
                parts.append(MarkdownText.block(shown, "diff"))
            }
        }
        let title = "<code>\(app.id)</code>: \(PreviewWords.effect(app))"
        let body = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
        return "<details><summary>\(title)</summary>\n\n\(body)\n\n</details>\n"
    }

    private static func list(_ files: [(mark: Character, name: String)]) -> String {
        let shown = files.prefix(50).map { "\($0.mark) \(MarkdownText.code($0.name))" }.joined(separator: ", ")
        return files.count > 50 ? "\(shown) and \(files.count - 50) more" : shown
    }
}

/// Markdown that grows up to a limit, and the quoting of what is not ours.
private struct MarkdownText {
    private(set) var text = ""
    private(set) var isFull = false
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ line: String) { text += line + "\n" }

    /// - Returns: false where it does not fit any more.
    mutating func add(section: String) -> Bool {
        guard text.utf8.count + section.utf8.count < limit else {
            isFull = true
            return false
        }
        text += section
        return true
    }

    /// A code span (CommonMark 6.1): its fence is longer than any run of backticks in it.
    static func code(_ text: String) -> String {
        let visible = PreviewWords.visible(text)
        let shown = visible.count > 300 ? "\(visible.prefix(300))…" : visible
        let fence = String(repeating: "`", count: longestRun(in: shown) + 1)
        let space = shown.hasPrefix("`") || shown.hasSuffix("`") || shown.allSatisfy(\.isWhitespace) ? " " : ""
        return "\(fence)\(space)\(shown)\(space)\(fence)"
    }

    /// A fenced code block (CommonMark 4.5).
    static func block(_ lines: [String], _ language: String) -> String {
        let fence = String(repeating: "`", count: max(3, lines.map(longestRun).max().map { $0 + 1 } ?? 3))
        return ([fence + language] + lines + [fence]).joined(separator: "\n")
    }

    private static func longestRun(in text: String) -> Int {
        var (longest, run) = (0, 0)
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

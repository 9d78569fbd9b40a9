import Git
import Graphs

extension MergePreview {
    /// How a word is to look on a terminal.
    public enum Mark: Sendable {
        case heading, old, new, changed, bad
    }

    /// The preview for people at a terminal.
    ///
    /// - Parameter style: gives a word its look; the text itself where there are no colours.
    public func text(style: (String, Mark) -> String = { text, _ in text }) -> String {
        let ends = "\(PreviewWords.visible(base.name))..\(PreviewWords.visible(head.name))"
        var lines = ["\(ends) (\(base.commit.short)..\(head.commit.short)): \(PreviewWords.summary(self))"]
        for app in apps { lines += text(of: app, style) }
        for (mark, name) in PreviewWords.files(configs) {
            lines.append("\(styled("\(mark)", style)) node config \(PreviewWords.visible(name))")
        }
        if changesSettings { lines.append("\(styled("~", style)) rampart.yaml") }
        if otherFiles > 0 { lines.append("\(PreviewWords.counted(otherFiles, "other file")), not read by the service") }
        if holdsPrune { lines.append(style(PreviewWords.heldPrune, .bad)) }
        for file in conflicts { lines.append("\(style("conflict", .bad)) \(PreviewWords.visible(file))") }
        for problem in problems { lines.append(style(PreviewWords.visible("\(problem)"), .bad)) }
        if let why = cluster?.unanswered {
            lines.append(style("cluster not asked: \(PreviewWords.visible(why))", .bad))
        }
        return lines.joined(separator: "\n")
    }

    private func text(of app: AppPreview, _ style: (String, Mark) -> String) -> [String] {
        let facts = [PreviewWords.versions(app), PreviewWords.effect(app)].filter { !$0.isEmpty }
        var lines = ["\(style(app.id.description, .heading)): \(facts.joined(separator: ", "))"]
        for (mark, name) in PreviewWords.parts(app.graph) {
            lines.append("  \(styled("\(mark) \(PreviewWords.visible(name))", style))")
        }
        for change in app.graph.changes + app.settings {
            lines += PreviewWords.lines(change).map { "    \(styled("\($0.mark) \($0.text)", style))" }
        }
        for (mark, name) in PreviewWords.files(app.dashboards) {
            lines.append("  \(styled("\(mark) dashboard \(PreviewWords.visible(name))", style))")
        }
        if let refusal = cluster?.refusals[app.id] {
            lines.append("  \(style("the API server refuses: \(PreviewWords.visible(refusal))", .bad))")
        }
        if let drift = cluster?.drift[app.id] {
            lines.append("  drift: \(PreviewWords.drift(drift))")
            if case .fields(let changes) = drift {
                lines += changes.flatMap(PreviewWords.lines).map { "    \(styled("\($0.mark) \($0.text)", style))" }
            }
        }
        return lines
    }

    private func styled(_ line: String, _ style: (String, Mark) -> String) -> String {
        switch line.first {
        case "-": style(line, .old)
        case "+": style(line, .new)
        default: style(line, .changed)
        }
    }
}

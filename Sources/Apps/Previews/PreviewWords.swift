import Graphs
import JSONValues

/// What the writers of previews have in common: short texts, all of them on one line.
enum PreviewWords {
    static func summary(_ preview: MergePreview) -> String {
        if preview.apps.isEmpty, preview.configs.isEmpty, preview.problems.isEmpty { return "no app changes" }
        var parts: [String] = []
        let effects: [AppPreview.Effect] = [.deployed, .updated, .relabelled, .undeployed, .pruned]
        for effect in effects {
            let count = preview.apps.count { $0.effect == effect }
            if count > 0 { parts.append("\(count) \(effect.rawValue)") }
        }
        let quiet = preview.apps.count { $0.effect == .none }
        if quiet > 0 { parts.append("\(quiet) without effect on the cluster") }
        let configs = preview.configs.added.count + preview.configs.changed.count + preview.configs.removed.count
        if configs > 0 { parts.append(counted(configs, "node config")) }
        if !preview.problems.isEmpty { parts.append(counted(preview.problems.count, "problem")) }
        if !preview.conflicts.isEmpty { parts.append(counted(preview.conflicts.count, "conflict")) }
        if let cluster = preview.cluster, !cluster.refusals.isEmpty {
            parts.append("\(cluster.refusals.count) refused by the API server")
        }
        return counted(preview.apps.count, "app") + ": " + parts.joined(separator: ", ")
    }

    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `version 2 → 3`, `version 1`, or nothing where no live graph was or will be.
    static func versions(_ app: AppPreview) -> String {
        if app.isOfDraft, let draft = app.draft.after { return "draft version \(draft)" }
        switch (app.live.before, app.live.after) {
        case (nil, nil): return app.draft.after.map { "draft version \($0)" } ?? ""
        case (let before?, let after?): return before == after ? "version \(after)" : "version \(before) → \(after)"
        case (nil, let after?): return "version \(after)"
        case (let before?, nil): return "version \(before) → none"
        }
    }

    static func effect(_ app: AppPreview) -> String {
        switch app.effect {
        case .deployed: "will be deployed"
        case .updated: "will be updated"
        case .relabelled: "labels or annotations change"
        case .undeployed: "will be undeployed"
        case .pruned: "its resource will be deleted"
        case .none: app.isRemoved ? "goes, was never deployed" : "no effect on the cluster"
        }
    }

    /// Components and flows that come, go or change, each with its mark: `+`, `-` or `~`.
    static func parts(_ graph: GraphComparison) -> [(mark: Character, name: String)] {
        var parts: [(mark: Character, name: String)] = []
        for (kind, part) in [("component", graph.components), ("flow", graph.flows)] {
            parts += part.removed.map { ("-", "\(kind) \($0)") }
            parts += part.added.map { ("+", "\(kind) \($0)") }
            parts += part.changed.map { ("~", "\(kind) \($0)") }
        }
        return parts
    }

    /// The lines of one difference, with `-` for what was and `+` for what is.
    static func lines(_ change: GraphComparison.Change) -> [(mark: Character, text: String)] {
        var lines: [(mark: Character, text: String)] = []
        let path = visible(change.path)
        if let old = change.old { lines.append(("-", "\(path): \(value(old))")) }
        if let new = change.new { lines.append(("+", "\(path): \(value(new))")) }
        return lines
    }

    /// A value as JSON on one line of a bearable length.
    static func value(_ value: JSON) -> String {
        let text = visible(value.text())
        return text.count > 160 ? "\(text.prefix(160))…" : text
    }

    /// A text of somebody else on one line: control and format characters, which could hide or reorder what is around
    /// them, are written as their code points.
    static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// File names of one kind, each with its mark.
    static func files(_ files: MergePreview.Files) -> [(mark: Character, name: String)] {
        files.removed.map { ("-", $0) } + files.added.map { ("+", $0) } + files.changed.map { ("~", $0) }
    }

    static func drift(_ drift: ClusterFindings.Drift) -> String {
        switch drift {
        case .missing: "the cluster does not have it, although it is live"
        case .unexpected: "the cluster has it, although it is not live"
        case .fields(let changes): "the cluster differs from what is live in \(counted(changes.count, "place"))"
        }
    }

    static let heldPrune = "more than half of all resources would be deleted at once: the service asks first"
}

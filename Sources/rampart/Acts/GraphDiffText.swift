import JSONValues

/// The difference of two graphs for people, out of the answer of `GET …/diff`.
enum GraphDiffText {
    static func text(_ diff: JSON) -> String {
        var lines = [
            "\(diff["appId"]?.string ?? ""): \(side(diff["from"])) → \(side(diff["to"]))"
        ]
        if diff["equal"] == true { return lines[0] + ": the same" }
        for key in ["components", "flows"] { lines += part(key, diff[key]) }
        for field in diff["fields"]?.array ?? [] { lines.append("  " + self.field(field)) }
        return lines.joined(separator: "\n")
    }

    private static func side(_ side: JSON?) -> String {
        let name = side?["name"]?.string ?? ""
        let isNumber = Int(name) != nil
        let version = side?["version"]?.int.map { "version \($0)" }
        return Terminal.styled(isNumber ? version ?? name : name, .bold)
            + (isNumber ? "" : version.map { " (\($0))" } ?? "")
    }

    private static func part(_ name: String, _ part: JSON?) -> [String] {
        func names(_ key: String, _ mark: String, _ style: Terminal.Style) -> [String] {
            (part?[key]?.array ?? []).compactMap(\.string)
                .map { Terminal.styled("\(mark) \(name).\(Terminal.plain($0))", style) }
        }
        return names("removed", "-", .red) + names("added", "+", .green) + names("changed", "~", .yellow)
    }

    private static func field(_ field: JSON) -> String {
        let path = Terminal.plain(field["path"]?.string ?? "")
        switch (field["old"], field["new"]) {
        case (let old?, let new?):
            return "\(path): \(Terminal.styled(shown(old), .red)) → \(Terminal.styled(shown(new), .green))"
        case (nil, let new?): return "\(path): \(Terminal.styled("+ " + shown(new), .green))"
        case (let old?, nil): return "\(path): \(Terminal.styled("- " + shown(old), .red))"
        case (nil, nil): return path
        }
    }

    /// A value on one line of a bearable length.
    private static func shown(_ value: JSON) -> String {
        let text = Terminal.plain(value.text())
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}

import JSONValues

extension Manifest {
    /// A manifest's text with `spec.deploy` set: only that line changes, comments and layout stay.
    ///
    /// - Parameters:
    ///   - deploys: false adds or changes the line to `deploy: false`; true takes out a `false`.
    ///   - text: a manifest that checks.
    /// - Returns: a text that reads as the same manifest but for `spec.deploy`; rewritten as a whole where the line
    ///   cannot be edited alone (`spec: {…}` in YAML, anchors around it).
    /// - Throws: ``Problems`` where the text does not check.
    public static func settingDeploy(
        _ deploys: Bool, in text: [UInt8], format: ManifestFormat
    ) throws(Problems) -> [UInt8] {
        let before = try Manifest(reading: text, format: format)
        if before.deploys == deploys { return text }
        var wanted = before.json
        wanted["spec"]?["deploy"] = .bool(deploys)
        let string = String(decoding: text, as: UTF8.self)
        let isJSON = format == .json || string.first { !$0.isWhitespace } == "{"
        let candidates = isJSON ? jsonEdits(string, deploys) : yamlEdits(string, deploys)
        for candidate in candidates {
            let bytes = Array(candidate.utf8)
            guard let after = try? Manifest(reading: bytes, format: format), after.deploys == deploys,
                after.graph == before.graph, after.json["metadata"] == before.json["metadata"]
            else { continue }
            return bytes
        }
        return isJSON ? wanted.bytes(.pretty) : Array(YAMLWriter.text(wanted).utf8)
    }

    /// Texts that may be the edited one; the caller reads them back.
    private static func yamlEdits(_ text: String, _ deploys: Bool) -> [String] {
        // By bytes: to Swift, "\r\n" is one character and no line feed.
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard let spec = lines.firstIndex(where: { $0.hasPrefix("spec:") }) else { return [] }
        let end =
            lines[(spec + 1)...].firstIndex { line in
                guard let first = line.first else { return false }
                return !first.isWhitespace && first != "#"
            } ?? lines.count
        let children = (spec + 1)..<end
        guard
            let firstChild = children.first(where: { index in
                let content = lines[index].drop { $0 == " " }
                return !content.isEmpty && content.first != "#" && content.first != "\r"
            })
        else { return [] }
        let indent = String(lines[firstChild].prefix { $0 == " " })
        if let line = children.first(where: { lines[$0].hasPrefix("\(indent)deploy:") }) {
            let rest = lines[line].dropFirst("\(indent)deploy:".count)
            let space = rest.prefix { $0 == " " }
            let tail = rest.dropFirst(space.count).drop { !$0.isWhitespace }
            lines[line] = "\(indent)deploy:\(space.isEmpty ? " " : space)\(deploys)\(tail)"
        } else {
            let end = lines[spec].unicodeScalars.last == "\r" ? "\r" : ""
            lines.insert("\(indent)deploy: \(deploys)\(end)", at: spec + 1)
        }
        return [lines.joined(separator: "\n")]
    }

    private static func jsonEdits(_ text: String, _ deploys: Bool) -> [String] {
        var edits: [String] = []
        // Each place where `"deploy": <boolean>` or `"spec": {` stands is tried; reading back tells the right one.
        for match in text.matches(of: /("deploy"\s*:\s*)(true|false)/) {
            var edit = text
            edit.replaceSubrange(match.range, with: "\(match.output.1)\(deploys)")
            edits.append(edit)
        }
        for match in text.matches(of: /"spec"\s*:\s*\{(\s*)/) {
            var edit = text
            edit.replaceSubrange(match.range, with: "\(match.output.0)\"deploy\": \(deploys),\(match.output.1)")
            edits.append(edit)
        }
        return edits
    }
}

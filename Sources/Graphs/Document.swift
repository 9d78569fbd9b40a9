import JSONValues
import YAMLValues

/// A text or an object that is being checked, and where its values stand.
struct Document {
    let json: JSON
    private let file: String?
    private let source: Source

    private enum Source {
        case none
        case yaml(YAMLDocument)
        case json([UInt8])
    }

    /// An object that did not come from a file.
    init(_ json: JSON) {
        self.json = json
        file = nil
        source = .none
    }

    /// - Throws: ``Problems`` where the text does not read at all.
    init(reading bytes: [UInt8], format: ManifestFormat, file: String?) throws(Problems) {
        self.file = file
        // kubectl takes JSON under any name.
        if format == .json || bytes.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            var options = JSONReadingOptions.strict
            options.maximumDepth = YAMLDocument.Limit.depth
            do { json = try JSON(parsing: bytes, options: options) } catch {
                if format == .yaml, let yaml = try? YAMLDocument(bytes) {
                    json = yaml.json  // a flow mapping that is YAML but no JSON
                    source = .yaml(yaml)
                    return
                }
                throw Problems([
                    Problem(file: file, line: error.line, column: error.column, path: "", message: error.message)
                ])
            }
            source = .json(bytes)
        } else {
            let yaml: YAMLDocument
            do throws(YAMLProblems) { yaml = try YAMLDocument(bytes) } catch { throw Problems(error, file: file) }
            json = yaml.json
            source = .yaml(yaml)
        }
    }

    /// One finding with its place.
    func problem(_ finding: Finding) -> Problems { problems([finding]) }

    /// Findings with their places, in the order of the text, and how many more there are.
    func problems(_ findings: Findings) -> Problems {
        var problems = problems(findings.list)
        if findings.rest > 0 {
            problems.list.append(Problem(file: file, path: "", message: "and \(findings.rest) more of this kind"))
        }
        return problems
    }

    private func problems(_ findings: [Finding]) -> Problems {
        let place: ([String]) -> (line: Int, column: Int)?
        switch source {
        case .none: place = { _ in nil }
        case .yaml(let yaml): place = yaml.places().place
        case .json(let bytes):
            let places = JSON.places(in: bytes, of: findings.map { $0.path.joined(separator: ".") })
            place = { places[$0.joined(separator: ".")] }
        }
        let problems = findings.map { finding in
            let place = place(finding.path)
            return Problem(
                file: file, line: place?.line, column: place?.column, path: Problem.path(finding.path),
                message: finding.message)
        }
        return Problems(
            problems.enumerated().sorted { left, right in
                (left.element.line ?? 0, left.element.column ?? 0, left.offset)
                    < (right.element.line ?? 0, right.element.column ?? 0, right.offset)
            }.map(\.element))
    }
}

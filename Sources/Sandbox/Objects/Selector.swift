import JSONValues

/// A label selector or a field selector, read.
struct Selector: Sendable {
    private enum Requirement: Sendable {
        case equals(String, String)
        case differs(String, String)
        case oneOf(String, Set<String>)
        case noneOf(String, Set<String>)
        case exists(String)
        case missing(String)
    }

    private let requirements: [Requirement]

    var isEmpty: Bool { requirements.isEmpty }

    /// `a=b,c!=d,e in (f,g),h,!i`.
    init(labels text: String) throws(StatusError) {
        var found: [Requirement] = []
        for part in Selector.split(text) {
            if let problem = Selector.problem(part) { throw .badRequest(problem) }
            if let range = part.firstRange(of: " in (") ?? part.firstRange(of: " notin (") {
                let values = Set(
                    part[range.upperBound...].dropLast().split(separator: ",").map { String($0.trimmed) })
                let key = String(part[..<range.lowerBound].trimmed)
                found.append(part[range].contains("notin") ? .noneOf(key, values) : .oneOf(key, values))
            } else if let (key, value) = Selector.pair(part, "!=") {
                found.append(.differs(key, value))
            } else if let (key, value) = Selector.pair(part, "==") ?? Selector.pair(part, "=") {
                found.append(.equals(key, value))
            } else if part.hasPrefix("!") {
                found.append(.missing(String(part.dropFirst().trimmed)))
            } else if !part.contains(where: { " ()".contains($0) }) {
                found.append(.exists(part))
            } else {
                throw .badRequest(
                    "unable to parse requirement: found '\(part)', expected: in, notin, =, ==, !=, gt, lt")
            }
        }
        requirements = found
    }

    /// `metadata.name=x,metadata.namespace!=y`; other fields are refused, as for custom resources.
    init(fields text: String, kind: ResourceKind) throws(StatusError) {
        var found: [Requirement] = []
        for part in Selector.split(text) {
            guard let (key, value) = Selector.pair(part, "!=") ?? Selector.pair(part, "==") ?? Selector.pair(part, "=")
            else { throw .badRequest("invalid selector: '\(text)'; can't understand '\(part)'") }
            let isKnown =
                ["metadata.name", "metadata.namespace"].contains(key)
                || !kind.isCustom
                    && (key.hasPrefix("involvedObject.")
                        || ["type", "reason", "status.phase", "spec.nodeName"].contains(key))
            guard isKnown else { throw .badRequest("field label not supported: \(key)") }
            found.append(part.contains("!=") ? .differs(key, value) : .equals(key, value))
        }
        requirements = found
    }

    func matches(labels object: JSON) -> Bool {
        if requirements.isEmpty { return true }
        let labels = object.at("metadata", "labels")
        return matches { labels?[$0]?.string }
    }

    func matches(fields object: JSON) -> Bool {
        matches { path in
            path.split(separator: ".").reduce(Optional(object)) { $0?[String($1)] }?.string ?? ""
        }
    }

    private func matches(_ value: (String) -> String?) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .equals(let key, let wanted): value(key) == wanted
            case .differs(let key, let wanted): value(key) != wanted
            case .oneOf(let key, let values): value(key).map(values.contains) ?? false
            case .noneOf(let key, let values): !(value(key).map(values.contains) ?? false)
            case .exists(let key): value(key) != nil
            case .missing(let key): value(key) == nil
            }
        }
    }

    /// What is wrong with one requirement of a label selector, as `labels.Parse` of apimachinery words it.
    private static func problem(_ part: String) -> String? {
        let words = part.split(separator: " ")
        if let (key, value) = pair(part, "!=") ?? pair(part, "==") ?? pair(part, "=") {
            if let second = key.split(separator: " ").dropFirst().first {
                return "unable to parse requirement: found '\(second)', expected: in, notin, =, ==, !=, gt, lt"
            }
            if let second = value.split(separator: " ").dropFirst().first {
                return "found '\(second.prefix { !"!=(),".contains($0) })', expected: ',' or 'end of string'"
            }
        } else if words.count > 2, ["in", "notin"].contains(words[1]), !words[2].hasPrefix("(") {
            return "unable to parse requirement: found '\(words[2])' expected: '('"
        }
        return nil
    }

    private static func pair(_ text: String, _ separator: String) -> (String, String)? {
        guard let range = text.firstRange(of: separator) else { return nil }
        return (String(text[..<range.lowerBound].trimmed), String(text[range.upperBound...].trimmed))
    }

    /// Splits at commas outside of parentheses.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        parts.append(part)
        return parts.map { String($0.trimmed) }.filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    fileprivate var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}

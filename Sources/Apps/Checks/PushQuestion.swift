public import Git
import JSONValues

/// What the hook of a push asks the service that it came through: a line of JSON.
public struct PushQuestion: Sendable, Hashable {
    public var needs: PushNeeds
    /// Where the branch that is applied is to go; nil where it stays.
    public var commit: ObjectID?
    /// How many problems the hook has found in what is pushed; with any it is refused, whatever the answer.
    public var problems: Int

    public init(needs: PushNeeds, commit: ObjectID?, problems: Int) {
        self.needs = needs
        self.commit = commit
        self.problems = problems
    }

    /// - Returns: nil for what ``line`` does not write.
    public init?(line: String) {
        guard let json = try? JSON(parsing: line), let needs = json["needs"].flatMap({ PushNeeds($0) }),
            let problems = json["problems"]?.int
        else { return nil }
        self.init(needs: needs, commit: json["commit"]?.string.flatMap { ObjectID($0) }, problems: Int(problems))
    }

    public var line: String {
        var json: JSON = ["needs": needs.json, "problems": .int(Int64(problems))]
        if let commit { json["commit"] = .string(commit.description) }
        return json.text()
    }
}

/// What the service answers.
public enum PushAnswer: Sendable, Hashable {
    /// Why the push is refused, as far as rights go, a sentence each; none where it may go on.
    case refused([String])
    /// It cannot be told now.
    case failed(String)

    /// - Returns: nil for what ``line`` does not write.
    public init?(line: String) {
        guard let json = try? JSON(parsing: line) else { return nil }
        if let why = json["failed"]?.string {
            self = .failed(why)
        } else if let list = json["refused"]?.array {
            self = .refused(list.map { $0.string ?? "" })
        } else {
            return nil
        }
    }

    public var line: String {
        let json: JSON =
            switch self {
            case .refused(let list): ["refused": .array(list.map { .string($0) })]
            case .failed(let why): ["failed": .string(why)]
            }
        return json.text()
    }
}

extension PushNeeds {
    /// What is said of apps of one namespace that are read-only.
    public static func readOnlyRefusal(_ apps: [AppID]) -> String {
        guard let first = apps.min() else { return "" }
        return "\(list(apps.sorted().map(\.description))): read-only, by the label rampart-graph-readonly: \"true\"; "
            + "only an administrator of the namespace \(first.namespace) may change it, or take the label off"
    }

    /// Some names, and how many more there are where they are many.
    public static func list(_ names: [String]) -> String {
        let most = 20
        let first = names.prefix(most).joined(separator: ", ")
        return names.count > most ? "\(first) and \(names.count - most) more" : first
    }
}

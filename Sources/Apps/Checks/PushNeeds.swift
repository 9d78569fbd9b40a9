public import JSONValues

/// What a push takes to be allowed to: what the same changes would need over REST.
public struct PushNeeds: Sendable, Hashable {
    /// What somebody has to be allowed to do; the words are those of the service's permissions.
    public enum Right: String, Sendable, Hashable, CaseIterable {
        case create, save, deploy, delete, administer
    }

    /// A right in a namespace.
    public struct Need: Sendable, Hashable {
        public let right: Right
        /// Nil stands for all namespaces.
        public let namespace: String?

        public init(_ right: Right, in namespace: String?) {
            self.right = right
            self.namespace = namespace
        }
    }

    /// For each right that is needed what it is needed for: apps, paths and references.
    public internal(set) var subjects: [Need: Set<String>] = [:]
    /// The apps that change on the branch that is applied.
    public internal(set) var apps: Set<AppID> = []
    /// Those of them that were read-only before, so that only administrators may change them.
    public internal(set) var readOnly: Set<AppID> = []
    /// What is made, moved or deleted. Where that needs no right of its own, as nothing changes, it still takes somebody who
    /// may write.
    public internal(set) var references: Set<String> = []

    public init() {}

    mutating func add(_ right: Right, in namespace: String?, for subject: String) {
        subjects[Need(right, in: namespace), default: []].insert(Self.plain(subject))
    }

    /// Names in a push are anybody's, and these are printed and logged.
    static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}

extension PushNeeds {
    /// As the hook tells it to the service.
    public var json: JSON {
        let needs = subjects.map { need, names -> JSON in
            var object: JSONObject = ["right": .string(need.right.rawValue)]
            if let namespace = need.namespace { object["namespace"] = .string(namespace) }
            object["subjects"] = .array(names.sorted().map { .string($0) })
            return .object(object)
        }
        return [
            "needs": .array(needs), "apps": .array(apps.sorted().map { .string($0.description) }),
            "readOnly": .array(readOnly.sorted().map { .string($0.description) }),
            "references": .array(references.sorted().map { .string($0) }),
        ]
    }

    /// - Returns: nil for what ``json`` does not write.
    public init?(_ json: JSON) {
        guard let needs = json["needs"]?.array, let apps = Self.apps(json["apps"]),
            let readOnly = Self.apps(json["readOnly"])
        else { return nil }
        for need in needs {
            guard let right = need["right"]?.string.flatMap({ Right(rawValue: $0) }),
                let names = need["subjects"]?.array
            else { return nil }
            subjects[Need(right, in: need["namespace"]?.string), default: []].formUnion(names.compactMap(\.string))
        }
        self.apps = apps
        self.readOnly = readOnly
        references = Set((json["references"]?.array ?? []).compactMap(\.string))
    }

    private static func apps(_ json: JSON?) -> Set<AppID>? {
        guard let names = json?.array else { return nil }
        let apps = names.compactMap { $0.string.flatMap { AppID($0) } }
        return apps.count == names.count ? Set(apps) : nil
    }
}

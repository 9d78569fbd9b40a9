/// What is to be said of an object in an Event beside it.
public struct EventNote: Sendable, Hashable {
    /// The object that an Event is about.
    public struct Object: Sendable, Hashable {
        public var type: ResourceType
        public var namespace: String
        public var name: String
        /// Empty where it is not known; `kubectl describe` shows only Events with the uid of the object.
        public var uid: String

        public init(type: ResourceType, namespace: String, name: String, uid: String) {
            self.type = type
            self.namespace = namespace
            self.name = name
            self.uid = uid
        }
    }

    public var about: Object
    /// `Warning`, or else `Normal`.
    public var isWarning: Bool
    /// One word in upper camel case, for programs: `Applied`.
    public var reason: String
    /// One sentence for people; what is over 1,024 bytes is cut.
    public var message: String

    public init(about: Object, isWarning: Bool = false, reason: String, message: String) {
        self.about = about
        self.isWarning = isWarning
        self.reason = reason
        self.message = Self.cut(message)
    }

    /// What the API server takes at most.
    static let longestMessage = 1_024

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestMessage else { return text }
        var end = text.startIndex
        var bytes = 0
        for character in text {
            bytes += character.utf8.count
            if bytes > longestMessage - 3 { break }
            end = text.index(after: end)
        }
        return text[..<end] + "…"
    }
}

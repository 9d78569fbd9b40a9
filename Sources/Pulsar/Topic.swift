/// A place for topics: `tenant/namespace`.
public struct TopicNamespace: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// - Throws: ``TopicNameError`` where the text is something else.
    public init(_ text: String) throws(TopicNameError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ TopicName.isName($0) }) else {
            throw TopicNameError(
                description: "'\(text)' is no namespace of Pulsar; expected TENANT/NAMESPACE, like public/default")
        }
        description = text
    }

    private init(known text: String) { description = text }

    /// Where topics go that are named without a namespace.
    public static let usual = TopicNamespace(known: "public/default")
}

/// A topic that brokers keep on disk: `persistent://tenant/namespace/name`.
public struct TopicName: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// - Throws: ``TopicNameError`` where the name has other characters than Pulsar allows, `A-Za-z0-9-=:._`.
    public init(_ name: String, in namespace: TopicNamespace) throws(TopicNameError) {
        guard Self.isName(name[...]) else { throw TopicNameError(description: "'\(name)' is no name of a topic") }
        description = "persistent://\(namespace)/\(name)"
    }

    static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 512
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "="), UInt8(ascii: ":"),
                    UInt8(ascii: "."), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

/// Why a text is no name of Pulsar's.
public struct TopicNameError: Error, CustomStringConvertible {
    public let description: String
}

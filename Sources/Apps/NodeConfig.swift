public import Git
public import Graphs
import HashTreeCollections

/// A node config with its history: `configs/<id>.yaml`.
public struct NodeConfig: Sendable, Hashable {
    /// The file's name without its ending.
    public let id: String
    public internal(set) var path: String
    /// Counts the node configs of the branch in the order in which they came.
    let ordinal: Int
    /// The last good content; nil where the file has never been good.
    public internal(set) var content: NodeConfigContent?
    /// How many commits have touched the file since it is there.
    public internal(set) var version: Int
    /// When it came.
    public internal(set) var created: Timestamp
    /// When its content last changed; nil while it is as it came.
    public internal(set) var lastModified: Timestamp?
    /// The commit that last touched it.
    public internal(set) var commit: ObjectID

    /// Whether a text may be the id of a node config: letters, digits, `.`, `_` and `-`, at most 128, not with a dot
    /// first.
    public static func isID(_ text: String) -> Bool {
        let units = text.utf8
        guard (1...128).contains(units.count), units.first != UInt8(ascii: ".") else { return false }
        return units.allSatisfy { unit in
            switch unit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }

    /// Where a new one is written.
    static func path(of id: String) -> String { "configs/\(id).yaml" }
}

extension Snapshot {
    /// A node config; nil where there is none of that id, or none that has ever been good.
    public func config(_ id: String) -> NodeConfig? { configs[id].flatMap { $0.content == nil ? nil : $0 } }

    /// The node configs that have a content, in the order in which they came.
    public func sortedConfigs() -> [NodeConfig] {
        configs.values.filter { $0.content != nil }
            .sorted { $0.ordinal < $1.ordinal }
    }
}

public import Graphs
public import JSONValues

/// A manifest as compact JSON text: small to keep, and ready to be sent.
public struct GraphText: Sendable, Hashable {
    /// The whole manifest as compact JSON.
    public let json: [UInt8]

    public init(_ manifest: Manifest) { json = manifest.json.bytes() }

    init(json: [UInt8]) { self.json = json }

    /// Stands for a text that is still to be fetched from the graph store, within a fold only.
    static let missing = GraphText(json: [])
    var isMissing: Bool { json.isEmpty }

    /// The manifest as a value; null only where the text is none, which a store never hands out.
    public var value: JSON { (try? JSON(parsing: json)) ?? .null }

    /// The manifest, checked again.
    public func manifest() throws(Problems) -> Manifest { try Manifest(checking: value) }
}

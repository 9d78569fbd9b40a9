import Git
import Graphs
import JSONValues

/// The hash of a graph as 16 bytes; text as Python's `hexdigest()` writes it.
struct ContentHash: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Returns: nil where the text is not of 32 hexadecimal digits.
    init?(_ text: String) {
        guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    var description: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// What history has to know of a manifest besides its text.
struct ManifestFacts: Hashable, Sendable {
    var hash: ContentHash
    var deploys: Bool
    var isReadOnly: Bool
    var description: String
    /// `metadata.labels` as compact JSON; empty where there are none.
    var labels: String
}

extension ManifestFacts {
    init(_ manifest: Manifest) {
        hash = ContentHash(manifest.hash) ?? ContentHash(high: 0, low: 0)
        deploys = manifest.deploys
        isReadOnly = manifest.labels[Self.readOnlyLabel] == "true"
        labels = manifest.json.at("metadata", "labels")?.text() ?? ""
        let annotations = manifest.annotations
        description = Self.descriptionAnnotations.lazy.compactMap { annotations[$0] }.first ?? ""
    }

    static let readOnlyLabel = "rampart-graph-readonly"
    /// Where a text for people stands: our own annotation, else the one of Kubernetes' own list.
    static let descriptionAnnotations = ["rampart.petuum.com/description", "kubernetes.io/description"]
}

/// A file in an app's folder that is, or should be, a manifest.
struct ManifestFile: Hashable, Sendable {
    var name: String
    var kind: EntryKind
    var id: ObjectID
}

/// A stretch of bytes in the graph store.
struct Extent: Hashable, Sendable {
    var offset: UInt64
    var length: UInt32
}

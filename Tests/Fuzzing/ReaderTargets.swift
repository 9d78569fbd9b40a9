import Graphs
import JSONValues
import YAMLValues

/// What engineers push and what the UI sends.
enum ReaderTargets {
    /// A text that reads has a place for its root, and its values survive being written as JSON.
    @Sendable static func yaml(_ bytes: [UInt8]) {
        guard let document = try? YAMLDocument(bytes) else { return }
        _ = document.places().place([])
        guard let again = try? JSON(parsing: document.json.bytes()) else { fatalError("is not read again as JSON") }
        demand(again == document.json, "YAML that reads as something else when it is written as JSON")
    }

    /// What was read and written reads the same.
    @Sendable static func json(_ bytes: [UInt8]) {
        for options in [JSONReadingOptions(), .strict] {
            guard let value = try? JSON(parsing: bytes, options: options) else { continue }
            guard let again = try? JSON(parsing: value.bytes()) else { fatalError("what was written does not read") }
            demand(again == value, "JSON that reads as something else when it is written")
            _ = JSON.places(in: bytes, of: ["spec.graph.0", ""])
        }
    }

    /// A graph that checks is written as YAML that reads as the same graph with the same hash; deploying and
    /// undeploying it leaves the graph alone.
    @Sendable static func graph(_ bytes: [UInt8]) {
        for format in [ManifestFormat.yaml, .json] {
            guard let manifest = try? Manifest(reading: bytes, format: format, file: "graph") else { continue }
            guard let again = try? Manifest(reading: Array(manifest.yaml().utf8), format: .yaml) else {
                fatalError("a manifest that was written does not read")
            }
            demand(again == manifest, "a manifest that reads as another when it is written")
            demand(again.hash == manifest.hash, "the hash of a manifest changes when it is written")
        }
    }
}

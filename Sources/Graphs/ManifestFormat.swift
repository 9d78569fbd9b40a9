/// The two languages in which a manifest is written.
public enum ManifestFormat: String, Hashable, Sendable, CaseIterable {
    case yaml
    case json

    /// The format that a file's name tells: `.yaml`, `.yml` or `.json`; nil for any other name.
    public init?(path: String) {
        if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
            self = .yaml
        } else if path.hasSuffix(".json") {
            self = .json
        } else {
            return nil
        }
    }
}

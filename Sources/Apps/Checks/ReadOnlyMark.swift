import Git
import Glibc
import Graphs
import JSONValues

/// Looks whether manifests carry the label that makes an app read-only.
struct ReadOnlyMark {
    let repository: Repository

    /// Whether one of some manifests has the label, or does not read and holds its name.
    ///
    /// Most are not parsed: their text does not hold the label's name, and no escape that could stand for a part of it.
    func isSet(on manifests: [TreeEntry]) throws(GitError) -> Bool {
        for entry in manifests where entry.kind == .file || entry.kind == .executable {
            guard try repository.blobSize(entry.id) <= ManifestReader.maximumSize else { return true }
            let bytes = try repository.blob(entry.id)
            if Self.holds(ManifestFacts.readOnlyLabel, bytes) || bytes.contains(UInt8(ascii: "\\")),
                Self.isSet(in: bytes, format: ManifestFormat(path: entry.name) ?? .yaml)
            {
                return true
            }
        }
        return false
    }

    /// A manifest that does not check may have the label all the same: the app is what it was when it last did.
    private static func isSet(in bytes: [UInt8], format: ManifestFormat) -> Bool {
        if let manifest = try? Manifest(reading: bytes, format: format) { return ManifestFacts(manifest).isReadOnly }
        let json = (try? YAMLText.value(bytes)) ?? (try? JSON(parsing: bytes))
        guard let json else { return holds(ManifestFacts.readOnlyLabel, bytes) }
        return json.at("metadata", "labels")?[ManifestFacts.readOnlyLabel]?.string == "true"
    }

    private static func holds(_ word: String, _ bytes: [UInt8]) -> Bool {
        let word = Array(word.utf8)
        return bytes.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, let first = word.first else { return false }
            var offset = 0
            while bytes.count - offset >= word.count,
                let found = memchr(start + offset, CInt(first), bytes.count - offset - word.count + 1)
            {
                if memcmp(found, word, word.count) == 0 { return true }
                offset = start.distance(to: UnsafeRawPointer(found)) + 1
            }
            return false
        }
    }
}

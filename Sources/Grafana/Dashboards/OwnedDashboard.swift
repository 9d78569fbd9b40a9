import Crypto
public import JSONValues

/// A dashboard as the service wants it in Grafana, marked as its own.
///
/// Beside the owner's tag it carries one with a digest of its content. So it can be told whether what Grafana has is
/// what was once written there, or whether somebody has changed it since.
public struct OwnedDashboard: Sendable, Hashable {
    public let uid: String
    public let title: String
    /// The JSON model to write, with `uid` and tags.
    public let model: JSON
    /// 16 hexadecimal digits that stand for the content.
    public let digest: String

    /// - Parameter model: `id`, `uid` and `version` in it are not used; its tags stay.
    public init(_ model: JSON, uid: String, owner: Ownership) {
        var model = model
        model["id"] = nil
        model["version"] = nil
        model["uid"] = .string(uid)
        let tags = (model["tags"]?.array ?? []).filter { tag in
            tag.string != owner.tag && tag.string?.hasPrefix(Ownership.digestPrefix) != true
        }
        model["tags"] = .array(tags + [.string(owner.tag)])
        let digest = Self.digest(of: model)
        model["tags"] = .array(tags + [.string(owner.tag), .string(Ownership.digestPrefix + digest)])
        self.uid = uid
        self.model = model
        self.digest = digest
        title = model["title"]?.string ?? ""
    }

    /// Whether Grafana has everything that is wanted. What Grafana itself adds does not matter, what is missing does.
    public func isMet(by stored: StoredDashboard) -> Bool { Self.contains(stored.model, model) }

    /// The digest that a stored dashboard says it was written with; nil where it says none.
    public static func writtenDigest(of stored: StoredDashboard) -> String? {
        stored.tags.first { $0.hasPrefix(Ownership.digestPrefix) }
            .map { String($0.dropFirst(Ownership.digestPrefix.count)) }
    }

    /// The digest of what a stored dashboard really is.
    public static func contentDigest(of stored: StoredDashboard) -> String {
        var model = stored.model
        model["id"] = nil
        model["version"] = nil
        model["tags"] = .array(
            (model["tags"]?.array ?? []).filter { $0.string?.hasPrefix(Ownership.digestPrefix) != true })
        return digest(of: model)
    }

    private static func digest(of model: JSON) -> String {
        var options = JSONWritingOptions.compact
        options.sortsKeys = true
        return Ownership.hex(SHA256.hash(data: model.bytes(options)).prefix(8))
    }

    private static func contains(_ have: JSON, _ want: JSON) -> Bool {
        switch (have, want) {
        case (.object(let have), .object(let want)):
            return want.allSatisfy { key, value in
                guard let other = have[key] else { return value.isNull }
                return contains(other, value)
            }
        case (.array(let have), .array(let want)):
            return have.count == want.count && zip(have, want).allSatisfy { contains($0, $1) }
        case (.int, .double), (.double, .int): return have.double == want.double
        default: return have == want
        }
    }
}

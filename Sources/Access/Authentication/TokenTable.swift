import FoundationEssentials
import JSONValues
import Secrets

/// The callers of a tokens file, by the SHA-256 of their tokens.
///
/// ```yaml
/// tokens:
///   - sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
///     user: ada                       # by which the policy knows her
///     name: Ada Lovelace              # the author of her commits; optional, as is all that follows
///     email: ada@example.com
///     groups: [engineers]
///     expires: "2027-01-31T00:00:00Z"
/// ```
public struct TokenTable: Sendable {
    private struct Entry: Sendable {
        var digest: TokenDigest
        var caller: Caller
        var expires: Date?
    }

    private var entries: [BlindKeys.Key: Entry] = [:]
    private let keys = BlindKeys()

    /// How many tokens there are.
    public var count: Int { entries.count }

    /// - Throws: ``SettingsProblems``, all of the file, with file, line and column.
    public init(reading bytes: [UInt8], file: String) throws(SettingsProblems) {
        var text = try SettingsFile(bytes, file: file)
        for (path, object) in text.objects("tokens") {
            text.onlyMembers(object, path, ["sha256", "user", "name", "email", "groups", "expires"])
            let hash = text.text(object, "sha256", path)
            let user = text.text(object, "user", path)
            let caller = Caller(
                user: user ?? "", groups: text.texts(object, "groups", path),
                name: text.text(object, "name", path, isOptional: true) ?? "",
                email: text.text(object, "email", path, isOptional: true) ?? "", means: .token)
            var expires: Date?
            if let time = text.text(object, "expires", path, isOptional: true) {
                expires = try? Date(time, strategy: .iso8601)
                if expires == nil { text.refuse(path + ["expires"], "expected a time such as 2027-01-31T00:00:00Z") }
            }
            guard let hash else { continue }
            guard let digest = TokenDigest(hexadecimal: hash) else {
                text.refuse(
                    path + ["sha256"],
                    "expected the 64 hexadecimal digits of a token's SHA-256; `rampart token` prints them")
                continue
            }
            let entry = Entry(digest: digest, caller: caller, expires: expires)
            if entries.updateValue(entry, forKey: keys.key(digest)) != nil {
                text.refuse(path + ["sha256"], "this token stands here a second time")
            }
        }
        try text.check()
    }

    /// Whose token it is; nil where it is nobody's, or no longer good.
    func caller(_ digest: TokenDigest, at now: Date) -> Caller? {
        guard let entry = entries[keys.key(digest)], entry.digest.equals(digest) else { return nil }
        if let expires = entry.expires, expires <= now { return nil }
        return entry.caller
    }
}

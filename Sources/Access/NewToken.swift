import Crypto
import JSONValues
public import Secrets

/// A token made of chance, and the entry for it in a tokens file.
public struct NewToken: Sendable {
    /// Shown once and kept nowhere.
    public let token: Secret
    public let digest: TokenDigest

    /// 256 bits of the system's randomness, behind a word by which programs that look for leaked secrets know it.
    public init() {
        let random = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        token = Secret("rampart_" + Base64URL.encode(random))
        digest = TokenDigest(of: token)
    }

    /// The entry, as YAML for the list `tokens`.
    public func entry(user: String, name: String?, email: String?, groups: [String], expires: String?) -> String {
        var lines = ["  - sha256: \(digest.hexadecimal)", "    user: \(Self.quoted(user))"]
        if let name { lines.append("    name: \(Self.quoted(name))") }
        if let email { lines.append("    email: \(Self.quoted(email))") }
        if !groups.isEmpty { lines.append("    groups: [\(groups.map(Self.quoted).joined(separator: ", "))]") }
        if let expires { lines.append("    expires: \(Self.quoted(expires))") }
        return lines.joined(separator: "\n")
    }

    /// JSON's strings are YAML's.
    private static func quoted(_ text: String) -> String { JSON.string(text).text() }
}

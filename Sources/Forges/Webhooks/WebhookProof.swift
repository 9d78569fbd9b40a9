public import Secrets

/// What a delivery shows to be from somebody who knows the secret; not yet checked.
public enum WebhookProof: Sendable {
    /// HMAC-SHA256 of the body under the secret, 32 bytes.
    case signature([UInt8])
    /// The secret itself.
    case token(Secret)
    /// HMAC-SHA256 of `id.timestamp.body` under a key that the secret holds in Base64 after `whsec_`, in any of several
    /// digests (Standard Webhooks, <https://www.standardwebhooks.com>; GitLab's signing tokens).
    case stamped(id: String, timestamp: String, signatures: [[UInt8]])

    /// Reads the headers of a delivery.
    ///
    /// Where a forge sends several, the strongest counts alone: a wrong one is not made up for by another.
    /// - Returns: nil where the headers hold no proof, or one that cannot be one.
    public init?(of source: WebhookSource, _ header: HeaderLookup) {
        switch source {
        case .github:
            guard let digest = Self.digest(header("X-Hub-Signature-256"), prefix: "sha256=") else { return nil }
            self = .signature(digest)
        case .gitea:
            let own = header("X-Forgejo-Signature") ?? header("X-Gitea-Signature")
            let digest =
                own.map { Self.digest($0, prefix: "") }
                ?? Self.digest(header("X-Hub-Signature-256"), prefix: "sha256=")
            guard let digest else { return nil }
            self = .signature(digest)
        case .bitbucket:
            guard let digest = Self.digest(header("X-Hub-Signature"), prefix: "sha256=") else { return nil }
            self = .signature(digest)
        case .gitlab:
            if let signatures = header("webhook-signature") {
                guard let id = header("webhook-id"), let timestamp = header("webhook-timestamp") else { return nil }
                let digests = signatures.split(separator: " ").compactMap { part -> [UInt8]? in
                    part.hasPrefix("v1,") ? Base64.decode(part.dropFirst(3)) : nil
                }
                guard !digests.isEmpty, digests.count <= 16 else { return nil }
                self = .stamped(id: id, timestamp: timestamp, signatures: digests)
            } else if let token = header("X-Gitlab-Token"), !token.isEmpty {
                self = .token(Secret(token))
            } else {
                return nil
            }
        case .generic:
            if let signature = header("X-Rampart-Signature-256") {
                guard let digest = Self.digest(signature, prefix: "sha256=") else { return nil }
                self = .signature(digest)
            } else if let authorization = header("Authorization"),
                authorization.prefix(7).lowercased() == "bearer ", authorization.utf8.count > 7
            {
                self = .token(Secret(String(authorization.dropFirst(7))))
            } else {
                return nil
            }
        }
    }

    /// 32 bytes in hexadecimal digits behind a prefix.
    private static func digest(_ text: String?, prefix: String) -> [UInt8]? {
        guard let text, text.hasPrefix(prefix) else { return nil }
        let digits = Array(text.utf8.dropFirst(prefix.utf8.count))
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

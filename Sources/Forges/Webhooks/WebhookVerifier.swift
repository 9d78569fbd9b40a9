import Crypto
public import Secrets

/// Checks a delivery while its body comes in: the body is never kept for it, however long it is.
///
/// Secrets are compared in constant time, and all of them, so that the time says neither how much of one is right nor
/// which of several it was.
public struct WebhookVerifier: Sendable {
    private enum Check: Sendable {
        case signatures(expected: [[UInt8]], [HMAC<SHA256>])
        case token(Bool)
    }

    /// How far the clock of a sender may be off, in seconds, where deliveries carry their time (Standard Webhooks).
    public static let tolerance: Int64 = 300

    private var check: Check
    private var body = SHA256()

    /// - Parameters:
    ///   - secrets: any of these is good, so that one can be renewed without a gap.
    ///   - now: seconds since 1970.
    public init(_ proof: WebhookProof, secrets: [Secret], now: Int64) {
        switch proof {
        case .token(let token):
            var isGood = false
            for secret in secrets where secret.matches(token) { isGood = true }
            check = .token(isGood)
        case .signature(let digest):
            let codes = secrets.map { HMAC<SHA256>(key: SymmetricKey(data: Array($0.exposed.utf8))) }
            check = .signatures(expected: [digest], codes)
        case .stamped(let id, let timestamp, let signatures):
            guard let time = Int64(timestamp), time >= now - Self.tolerance, time <= now + Self.tolerance else {
                check = .token(false)
                return
            }
            let codes = secrets.compactMap { secret -> HMAC<SHA256>? in
                let text = secret.exposed
                let key = text.hasPrefix("whsec_") ? Base64.decode(text.dropFirst(6)) : Array(text.utf8)
                guard let key else { return nil }
                var code = HMAC<SHA256>(key: SymmetricKey(data: key))
                code.update(data: Array("\(id).\(timestamp).".utf8))
                return code
            }
            check = .signatures(expected: signatures, codes)
        }
    }

    /// Whether it is known already that nothing can make this delivery good: its body need not be read.
    public var isHopeless: Bool {
        switch check {
        case .token(let isGood): !isGood
        case .signatures(_, let codes): codes.isEmpty
        }
    }

    /// Takes the next part of the body.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        body.update(bufferPointer: bytes)
        guard case .signatures(let expected, var codes) = check else { return }
        for index in codes.indices { codes[index].update(data: bytes) }
        check = .signatures(expected: expected, codes)
    }

    /// Whether the delivery is good, once all of its body was taken.
    public var isGood: Bool {
        switch check {
        case .token(let isGood): return isGood
        case .signatures(let expected, let codes):
            var isGood = false
            for code in codes {
                let digest = code.finalize()
                // CryptoKit compares codes with bytes in constant time.
                for signature in expected where digest == signature { isGood = true }
            }
            return isGood
        }
    }

    /// SHA-256 of the body so far.
    public var bodyDigest: [UInt8] { Array(body.finalize()) }
}

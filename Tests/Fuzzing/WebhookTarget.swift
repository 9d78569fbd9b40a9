import Forges
import JSONValues

/// What anybody on the network may send as a forge: headers in the first lines, an empty line, a body.
enum WebhookTarget {
    @Sendable static func run(_ bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 8, omittingEmptySubsequences: false)[...]
        var headers: [String: String] = [:]
        while let line = lines.popFirst(), !line.isEmpty {
            let pair = line.split(separator: UInt8(ascii: ":"), maxSplits: 1).map {
                String(decoding: $0, as: UTF8.self)
            }
            if pair.count == 2 { headers[pair[0].lowercased()] = pair[1] }
        }
        let body = lines.joined(separator: [UInt8(ascii: "\n")])
        let payload = (try? JSON(parsing: Array(body), options: .strict)) ?? .null
        for source in WebhookSource.allCases {
            let header: HeaderLookup = { headers[$0.lowercased()] }
            let event = WebhookEvent(source, header, payload)
            _ = WebhookDecision(event, branch: "main", repository: nil)
            guard let proof = WebhookProof(of: source, header) else { continue }
            var verifier = WebhookVerifier(proof, secrets: [], now: 0)
            Array(body).withUnsafeBytes { verifier.update($0) }
        }
    }
}

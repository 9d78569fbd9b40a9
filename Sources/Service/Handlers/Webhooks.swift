import Forges
import Foundation
import HTTPTypes
import Hummingbird
import Instruments
import JSONValues
import Logging
import Secrets
import Synchronization

/// Deliveries of forges that say that a branch has moved.
struct Webhooks: Sendable {
    let options: ServiceOptions
    let fetches: BranchFetches
    let metrics: ServiceMetrics
    let logger: Logger
    private let recent = Recent()
    private let payloads: BodyBudget

    init(options: ServiceOptions, fetches: BranchFetches, metrics: ServiceMetrics, logger: Logger) {
        self.options = options
        self.fetches = fetches
        self.metrics = metrics
        self.logger = logger
        payloads = BodyBudget(limit: options.webhooks.payloads, ofOne: options.webhooks.payloadsOfOne)
    }

    private final class Recent: Sendable {
        private let deliveries = Mutex(RecentDeliveries())
        private let start = ContinuousClock.now

        func note(_ digest: [UInt8]) -> Bool {
            deliveries.withLock { $0.note(digest, now: ContinuousClock.now - start) }
        }
    }

    /// Takes a delivery: 202 where it leads to a look at the branch, 200 where it does not, and why.
    func take(_ source: WebhookSource, _ request: Request) async throws -> Response {
        do {
            return try await taken(source, request)
        } catch let error as RestError {
            metrics.webhookRefusals.add(.init(forge: source, word: error.state ?? "other"))
            throw error
        }
    }

    private func taken(_ source: WebhookSource, _ request: Request) async throws -> Response {
        let header: HeaderLookup = { name in HTTPField.Name(name).flatMap { request.headers[$0] } }
        let secrets = try await secrets(of: source)
        guard let proof = WebhookProof(of: source, header) else {
            throw refused(
                source, .unauthorized, "signature_missing",
                "the delivery is not signed, or not in the way of \(source): expected \(source.proofHeaders). "
                    + "Give the webhook the secret of this service")
        }
        let now = Int64(options.date().timeIntervalSince1970)
        let verifier = WebhookVerifier(proof, secrets: secrets, now: now)
        if verifier.isHopeless { throw wrong(source) }
        let share = BodyShare(payloads)
        defer { share.give() }
        let body = try await WebhookBody(request, verifier: verifier, options: options.webhooks, share: share)
        guard body.verifier.isGood else { throw wrong(source) }
        let decision: WebhookDecision
        if let payload = try body.payload(contentType: request.headers[.contentType]) {
            let event = WebhookEvent(source, header, payload)
            decision = WebhookDecision(event, branch: options.webhooks.branch, repository: options.webhooks.repository)
        } else {
            decision = .fetch
        }
        // What a script sends says nothing that would tell two deliveries apart.
        if decision == .fetch, source != .generic, recent.note(body.verifier.bodyDigest) {
            return answer(source, .ok, "repeated", "the same delivery came less than a minute ago")
        }
        return act(on: decision, of: source)
    }

    private func act(on decision: WebhookDecision, of source: WebhookSource) -> Response {
        switch decision {
        case .fetch:
            fetches.request()
            return answer(source, .accepted, "fetching", "the branch \(options.webhooks.branch) is looked at now")
        case .deleted(let branch):
            logger.warning(
                "a forge says that the branch is gone; everything stays as it is",
                metadata: ["source": "\(source)", "branch": "\(branch)"])
            return answer(
                source, .ok, "deleted", "the branch \(branch) is gone at the forge; everything here stays as it is")
        case .ignored(let why): return answer(source, .ok, "ignored", why)
        case .pong: return answer(source, .ok, "ok", "deliveries arrive, and their signature is right")
        }
    }

    private func secrets(of source: WebhookSource) async throws(RestError) -> [Secret] {
        guard let files = options.webhooks.secrets[source], !files.isEmpty else {
            throw refused(
                source, .notFound, "webhook_not_configured",
                "webhooks of \(source) are not taken, as no secret is set: start the service with "
                    + "--webhook-secret-file \(source)=FILE")
        }
        var secrets: [Secret] = []
        for file in files {
            do {
                secrets += try await file.secrets()
            } catch {
                logger.error(
                    "cannot read the secret of a webhook", metadata: ["source": "\(source)", "error": "\(error)"])
            }
        }
        guard !secrets.isEmpty else {
            throw RestError(
                .serviceUnavailable, state: "webhook_secret_unreadable",
                "the secret for webhooks of \(source) cannot be read here, the service's log says why")
        }
        return secrets
    }

    private func wrong(_ source: WebhookSource) -> RestError {
        refused(
            source, .forbidden, "signature_wrong",
            "the signature does not fit: the webhook at \(source) has another secret than this service, or the "
                + "delivery was changed on its way")
    }

    private func refused(
        _ source: WebhookSource, _ status: HTTPResponse.Status, _ state: String, _ message: String
    ) -> RestError {
        logger.warning("refused a webhook", metadata: ["source": "\(source)", "reason": "\(state)"])
        return RestError(status, state: state, message)
    }

    private func answer(
        _ source: WebhookSource, _ status: HTTPResponse.Status, _ state: String, _ message: String
    ) -> Response {
        metrics.webhooks.add(.init(forge: source, word: state))
        logger.info("webhook", metadata: ["source": "\(source)", "decision": "\(state)"])
        return Response(status, ["state": .string(state), "message": .string(message)])
    }
}

import Access
import GitHTTP
import Hummingbird

/// Requests of git's: clones, fetches and pushes.
struct GitRequests: Sendable {
    let judge: PushJudge
    let options: ServiceOptions

    /// The largest pack of somebody who may not deploy everywhere: it is on the disk before the hook can say no.
    static let largestPack = 64 << 20

    /// - Parameter seen: called for each commit that a push wants a reference to be at.
    func respond(
        to request: Request, path: String, _ exchange: Exchange, _ git: GitHTTP,
        seen: @escaping @Sendable (String) -> Void
    ) async throws -> Response {
        var largest: Int?
        if path.hasSuffix("/git-receive-pack"), let rights = exchange.rights,
            try await !rights.isAllowed(.deploy, in: .everywhere)
        {
            largest = Self.largestPack
        }
        // A fetch writes nothing, and what becomes of a push its hook says.
        exchange.isAuditedApart = true
        let (method, uri) = (request.method, request.uri.path)
        return try await git.respond(
            to: request, path: path[...], pusher: options.pusher(of: request, largestPack: largest),
            answer: { question in await judge.answer(question, exchange, method, uri) }, seen: seen)
    }
}

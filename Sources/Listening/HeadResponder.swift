import Hummingbird

/// Answers `HEAD` with the head alone, whatever the answer is: a body would be taken for the next answer.
struct HeadResponder<Base: HTTPResponder>: HTTPResponder {
    let base: Base

    func respond(to request: Request, context: Base.Context) async throws -> Response {
        let response = try await base.respond(to: request, context: context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}

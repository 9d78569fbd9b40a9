import Foundation
import HTTPTypes
import Hummingbird
import JSONValues
import Logging
import NIOCore

/// Answers requests to the Kubernetes API.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    let cluster: Cluster
    let log: RequestLog
    let options: SandboxOptions

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let path = request.uri.path
        let query = request.uri.query ?? ""
        log.begin(path)
        defer { log.end(path) }
        var noted = SandboxRequest(
            method: request.method.rawValue, path: path, query: query,
            userAgent: request.headers[.userAgent] ?? "", status: 0)
        let fault = log.fault(
            method: request.method.rawValue, path: path, isWatch: Query(query).isTrue("watch"))
        switch fault {
        case .latency(let duration): try await Task.sleep(for: duration)
        case .dropBefore:
            log.note(noted)
            return dropped
        case .silence:
            noted.status = 200
            log.note(noted)
            return silent
        default: break
        }
        var response: Response
        do throws(StatusError) {
            switch fault {
            case .tooManyRequests(let seconds):
                throw StatusError(
                    429, "TooManyRequests", "the server is currently unable to handle the request",
                    retryAfter: seconds)
            case .failure(let code, let message): throw StatusError(code, "InternalError", message)
            default: break
            }
            response = try await answer(request, path, Query(query))
        } catch {
            response = json(error.json, HTTPResponse.Status(code: error.code))
            if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
        }
        if case .dropAfter = fault { response = dropped } else { noted.status = response.status.code }
        log.note(noted)
        return response
    }

    /// An answer whose body fails before its first byte: the server closes the connection.
    private var dropped: Response {
        Response(status: .ok, headers: [.contentLength: "1"], body: ResponseBody { _ in throw Dropped() })
    }

    private struct Dropped: Error {}

    /// An answer whose body never comes; the server's end ends it.
    private var silent: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody { writer in
                try? await Task.sleep(for: .seconds(86_400))
                try await writer.finish(nil)
            })
    }

    private func answer(_ request: Request, _ path: String, _ query: Query) async throws(StatusError) -> Response {
        try authenticate(request)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map { $0.removingPercentEncoding ?? String($0) }
        switch parts {
        case ["healthz"], ["livez"], ["readyz"]: return text("ok", .ok)
        default: break
        }
        let accept = request.headers[.accept] ?? ""
        let trimmed = parts.last == "" ? Array(parts.dropLast()) : parts
        if let document = Discovery.answer(trimmed, aggregated: accept.contains("as=APIGroupDiscoveryList")) {
            let isAggregated =
                accept.contains("as=APIGroupDiscoveryList") && trimmed.count == 1 && trimmed != ["version"]
            return json(
                document, .ok,
                type: isAggregated
                    ? "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "application/json")
        }
        if let kind = Reviews.kind(parts) {
            let bytes = try await collect(request)
            let answer = try Reviews(options: options).answer(
                kind, request.method, request.headers[.authorization],
                agent: request.headers[.userAgent] ?? "unknown", bytes)
            return json(answer, .created)
        }
        guard let target = Target(path: parts), await cluster.isDefined(target.kind) else {
            return text("404 page not found\n", .notFound)
        }
        let verbs = Verbs(cluster: cluster, target: target, query: query, options: options, accept: accept)
        if let subresource = target.subresource { try check(subresource, of: target, request.method) }
        switch (request.method, target.name) {
        case (.get, nil) where query.isTrue("watch"): return try await verbs.watch()
        case (.get, nil): return try await json(verbs.list(), .ok)
        case (.get, _), (.head, .some): return try await json(verbs.get(), .ok)
        case (.delete, nil) where target.kind.isNamespaced && target.namespace == nil:
            return text("404 page not found\n", .notFound)
        case (.delete, nil): return try await json(verbs.deleteCollection(collect(request)), .ok)
        case (.post, _), (.put, .some), (.patch, .some), (.delete, .some):
            return try await write(verbs, request)
        case (.patch, nil), (.put, nil): throw .badRequest("name must be provided")
        default: throw .methodNotAllowed
        }
    }

    /// - Throws: 404 for a part that an object does not have, 405 for what cannot be done to `status`.
    private func check(
        _ subresource: String, of target: Target, _ method: HTTPRequest.Method
    ) throws(StatusError) {
        guard subresource == "status" else { throw .notFound(target.kind, target.name ?? "") }
        guard method == .delete || method == .post else { return }
        let verb = method == .delete ? "delete" : "create"
        throw StatusError(
            405, "MethodNotAllowed", "\(verb) is not supported on resources of kind \"\(target.kind.qualified)\"",
            details: ["group": .string(target.kind.group), "kind": .string(target.kind.plural)])
    }

    private func write(_ verbs: Verbs, _ request: Request) async throws(StatusError) -> Response {
        let bytes = try await collect(request)
        let type = request.headers[.contentType]
        let agent = request.headers[.userAgent] ?? "unknown"
        let result: WriteResult
        switch request.method {
        case .post: result = try await verbs.create(bytes, type, agent)
        case .put: result = try await verbs.replace(bytes, type, agent)
        case .patch: result = try await verbs.patch(bytes, type, agent)
        default:
            let (body, isAccepted) = try await verbs.delete(bytes)
            return json(body, isAccepted ? .accepted : .ok)
        }
        var response = json(verbs.formed(result.object), result.isNew ? .created : .ok)
        for warning in result.warnings {
            guard let name = HTTPField.Name("Warning") else { continue }
            response.headers.append(HTTPField(name: name, value: "299 - \"\(warning.replacing("\"", with: "\\\""))\""))
        }
        return response
    }

    private func collect(_ request: Request) async throws(StatusError) -> [UInt8] {
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: Body.limit) } catch {
            throw StatusError(
                413, "RequestEntityTooLarge", "Request entity too large: limit is \(Body.limit)")
        }
        return Array(buffer.readableBytesView)
    }

    private func authenticate(_ request: Request) throws(StatusError) {
        guard let token = log.token ?? options.token else { return }
        let header = request.headers[.authorization]
        if header == "Bearer \(token)" { return }
        if header != nil { throw StatusError(401, "Unauthorized", "Unauthorized") }
        throw StatusError(
            403, "Forbidden",
            "forbidden: User \"system:anonymous\" cannot \(request.method.rawValue.lowercased()) path "
                + "\"\(request.uri.path)\"", details: [:])
    }

    private func json(_ json: JSON, _ status: HTTPResponse.Status, type: String = "application/json") -> Response {
        var bytes = json.bytes()
        bytes.append(0x0A)
        return Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func text(_ text: String, _ status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

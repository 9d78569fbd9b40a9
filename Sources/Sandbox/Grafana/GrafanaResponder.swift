import Foundation
import HTTPTypes
import Hummingbird
import JSONValues
import NIOCore

/// Answers requests to the HTTP API of Grafana.
struct GrafanaResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let store: GrafanaStore
    let log: RequestLog
    let options: GrafanaSandboxOptions

    private enum Account {
        case editor(String)
        case viewer(String)

        var name: String {
            switch self {
            case .editor(let name), .viewer(let name): name
            }
        }
    }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let path = request.uri.path
        log.begin(path)
        defer { log.end(path) }
        var noted = SandboxRequest(
            method: request.method.rawValue, path: path, query: request.uri.query ?? "",
            userAgent: request.headers[.userAgent] ?? "", status: 0)
        let fault = log.fault(method: request.method.rawValue, path: path, isWatch: false)
        if case .latency(let duration) = fault { try await Task.sleep(for: duration) }
        if case .dropBefore = fault {
            log.note(noted)
            return dropped
        }
        var response: Response
        do {
            switch fault {
            case .failure(let code, let message):
                throw GrafanaFault(code, message, status: code == 412 ? "version-mismatch" : nil)
            case .tooManyRequests(let seconds):
                response = Self.json(GrafanaFault(429, "too many requests").json, 429)
                response.headers[.retryAfter] = String(seconds)
            default: response = Self.json(try await answer(request, path), 200)
            }
        } catch let fault as GrafanaFault {
            response = Self.json(fault.json, fault.code)
        }
        if case .dropAfter = fault { response = dropped } else { noted.status = response.status.code }
        log.note(noted)
        return response
    }

    private func answer(_ request: Request, _ path: String) async throws -> JSON {
        let query = GrafanaQuery(request.uri.query ?? "")
        if path == "/prometheus/api/v1/metadata", request.method == .get { return store.metadata(query) }
        guard path.hasPrefix(options.path + "/api/") else { throw GrafanaFault(404, "Not found") }
        let parts = path.dropFirst(options.path.count + 5).split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.removingPercentEncoding ?? String($0) }
        if parts == ["health"] { return ["commit": "sandbox", "database": "ok", "version": Self.version] }
        let account = try authenticate(request)
        let isWrite = request.method != .get && request.method != .head
        if isWrite, case .viewer = account { throw GrafanaFault.forbidden("\(parts[0]):write") }
        let body = isWrite ? try await collect(request) : .null
        switch (request.method, parts) {
        case (.get, ["frontend", "settings"]):
            return ["buildInfo": ["version": Self.version, "commit": "sandbox", "edition": "Open Source"]]
        case (.get, ["org"]): return ["id": 1, "name": "Main Org."]
        case (.post, ["dashboards", "db"]): return try store.save(body, by: account.name)
        case (_, _) where parts.count == 3 && parts[0] == "dashboards" && parts[1] == "uid":
            if request.method == .get { return try store.dashboard(parts[2]) }
            if request.method == .delete { return try store.delete(parts[2]) }
        case (.get, ["search"]): return store.search(query)
        case (.get, ["folders"]): return store.folders(query)
        case (.post, ["folders"]): return try store.createFolder(body)
        case (_, _) where parts.count == 2 && parts[0] == "folders":
            if request.method == .get { return try store.folder(parts[1]) }
            if request.method == .put { return try store.changeFolder(parts[1], body) }
            if request.method == .delete { return try store.deleteFolder(parts[1]) }
        case (.get, ["datasources"]): return store.datasources()
        case (.post, ["datasources"]): return try store.createDatasource(body)
        case (_, _) where parts[0] == "datasources" && (parts.count == 2 || parts.count == 3):
            let key = parts.count == 2 ? "id" : parts[1]
            if request.method == .get { return try store.datasource(key, parts.last ?? "") }
            if request.method == .delete { return try store.deleteDatasource(key, parts.last ?? "") }
        default: break
        }
        throw GrafanaFault(404, "Not found")
    }

    static let version: JSON = "11.6.0"

    private func authenticate(_ request: Request) throws -> Account {
        let header = request.headers[.authorization] ?? ""
        if header.hasPrefix("Bearer ") {
            let token = String(header.dropFirst("Bearer ".count))
            if store.isEditor(token) { return .editor("sa-editor") }
            if options.viewerTokens.contains(token) { return .viewer("sa-viewer") }
            throw GrafanaFault(401, "Invalid API key")
        }
        guard header.hasPrefix("Basic "), let data = Data(base64Encoded: String(header.dropFirst("Basic ".count)))
        else { throw GrafanaFault(401, "Unauthorized") }
        guard String(decoding: data, as: UTF8.self) == "\(options.user):\(options.password)" else {
            throw GrafanaFault(401, "Invalid username or password")
        }
        return .editor(options.user)
    }

    private func collect(_ request: Request) async throws -> JSON {
        guard let buffer = try? await request.body.collect(upTo: 8 << 20) else {
            throw GrafanaFault(413, "request body too large")
        }
        if buffer.readableBytes == 0 { return .null }
        guard let json = try? JSON(parsing: buffer.readableBytesView) else {
            throw GrafanaFault(400, "bad request data")
        }
        return json
    }

    private static func json(_ json: JSON, _ code: Int) -> Response {
        Response(
            status: HTTPResponse.Status(code: code), headers: [.contentType: "application/json; charset=UTF-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes())))
    }

    /// An answer whose body fails before its first byte: the server closes the connection.
    private var dropped: Response {
        Response(status: .ok, headers: [.contentLength: "1"], body: ResponseBody { _ in throw Dropped() })
    }

    private struct Dropped: Error {}
}

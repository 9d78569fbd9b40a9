import Git
import Hummingbird
import JSONValues
import Logging
import NIOCore
import NIOPosix
import URLText

/// Takes each request for a flow to what answers it.
struct FlowsResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let root: FlowRoot
    let repositories: RepositoryReader
    let logger: Logger

    func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await answer(request)
        } catch let fault as FlowFault {
            if fault.status >= 500 {
                logger.error("a request failed", metadata: ["path": "\(request.uri.path)", "error": "\(fault.detail)"])
            }
            return Response(json: ["detail": fault.detail], status: fault.status)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let path = request.uri.path
        guard request.method == .get || request.method == .head else {
            var response = Response(json: ["detail": "Method Not Allowed"], status: 405)
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        if path == "/healthz" { return Response(json: ["status": "ok"], status: 200) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 7, path.hasPrefix(Self.prefix), let name = PercentEncoding.decode(parts[5]) else {
            throw FlowFault.unknownPath
        }
        let query = QueryText(request.uri.query.map { $0[...] })
        switch parts[6] {
        case "directory":
            let path = try Self.path(query)
            return Self.listing(path, try await onDisk { try root.flow(name).entries(path) })
        case "file": return try await file(name, try Self.path(query), request)
        case "repo-metadata": return Self.metadata(try await repositories.metadata(of: flow(name)))
        case "repo-check":
            try await repositories.check(flow(name))
            return Response(json: ["status": "normal"], status: 200)
        case "repo-directory":
            let path = try Self.path(query)
            let (branch, entries) = try await repositories.directory(path, at: Self.point(query), in: flow(name))
            return Self.listing(path, entries, branch: branch)
        case "repo-file": return try await repositoryFile(name, try Self.path(query), Self.point(query), request)
        default: throw FlowFault.unknownPath
        }
    }

    private static let prefix = "/api/v1/app/flows_service/"

    private static func path(_ query: QueryText) throws(FlowFault) -> FlowPath {
        guard let text = query["path"] else {
            throw query.unreadable.contains("path") ? .illegalPath("(not UTF-8)") : .missing(parameter: "path")
        }
        return try FlowPath(text)
    }

    private static func point(_ query: QueryText) -> RepositoryPoint {
        RepositoryPoint(branch: query["branch"], tag: query["tag"])
    }

    private func flow(_ name: String) async throws -> FlowFolder { try await onDisk { try root.flow(name) } }

    /// Does what may wait for a disk on a thread that may wait.
    private func onDisk<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    private func file(_ name: String, _ path: FlowPath, _ request: Request) async throws -> Response {
        let (descriptor, status) = try await onDisk { try root.flow(name).file(path) }
        let reply = FileReply(
            request.headers, entityTag: status.entityTag, modified: status.modifiedSeconds, size: status.size,
            type: ContentType.of(path.parts.last ?? ""))
        return reply.response { FileBody(descriptor: descriptor, range: $0).response }
    }

    private func repositoryFile(
        _ name: String, _ path: FlowPath, _ point: RepositoryPoint, _ request: Request
    ) async throws -> Response {
        let known = request.headers[.ifNoneMatch] ?? ""
        let (id, content) = try await repositories.file(path, at: point, in: flow(name)) {
            known.contains("\"\($0)\"")
        }
        let reply = FileReply(
            request.headers, entityTag: "\"\(id)\"", modified: nil, size: content?.count ?? 0,
            type: ContentType.of(path.parts.last ?? ""))
        return reply.response { ResponseBody(byteBuffer: ByteBuffer(bytes: (content ?? [])[$0])) }
    }

    private static func metadata(_ metadata: RepositoryMetadata) -> Response {
        // The mark of the branch that is checked out, as `git branch` makes it.
        let branches = metadata.branches.map { $0 == metadata.head ? "* \($0)" : $0 }
        return Response(
            json: [
                "defaultBranch": metadata.head.map { .string($0) } ?? .null,
                "branches": .array(branches.map { .string($0) }), "tags": .array(metadata.tags.map { .string($0) }),
            ], status: 200)
    }

    private static func listing(_ path: FlowPath, _ entries: [FolderEntry], branch: String? = nil) -> Response {
        let parts = JSON.array(path.parts.map { .string($0) })
        let place = parts.bytes()
        var out = JSONWriter()
        out.write(raw: "{")
        if let branch {
            out.write(raw: "\"branch\":")
            out.write(string: branch)
            out.write(raw: ",")
        }
        out.write(raw: "\"path\":")
        out.output.append(contentsOf: place)
        out.write(raw: ",\"contents\":[")
        for (index, entry) in entries.enumerated() {
            out.write(raw: index == 0 ? "{\"path\":" : ",{\"path\":")
            out.output.append(contentsOf: place)
            out.write(raw: ",\"name\":")
            out.write(string: entry.name)
            out.write(raw: entry.isFolder ? ",\"type\":\"directory\"}" : ",\"type\":\"file\"}")
        }
        out.write(raw: "]}")
        return Response(json: ByteBuffer(bytes: out.output), status: 200)
    }
}

extension Response {
    init(json: JSON, status: Int) { self.init(json: ByteBuffer(bytes: json.bytes()), status: status) }

    init(json: ByteBuffer, status: Int) {
        self.init(
            status: .init(integerLiteral: status), headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: json))
    }
}

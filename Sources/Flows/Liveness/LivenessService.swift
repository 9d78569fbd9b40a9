import Foundation
import Hummingbird
import JSONValues
public import Listening
public import Logging
import NIOPosix
public import ServiceLifecycle
import URLText

/// Says whether the volume edges of a component are alive: which components' marks an input sees, and whether the
/// component's own mark is in an output.
public struct LivenessService: Service {
    private let listener: HTTPListener<LivenessResponder>
    private let responder: LivenessResponder

    /// - Parameters:
    ///   - folder: where `edges.yaml` and `component.yaml` are.
    ///   - environment: `RAMPART_INPUT_<edge>` and `RAMPART_OUTPUT_<edge>` say where the edge's volume is mounted.
    /// - Throws: ``FlowsError`` where the files are missing or cannot be understood.
    public init(
        folder: String, environment: [String: String], host: String, port: Int, logger: Logger
    ) throws(FlowsError) {
        let edges = try Edges(parsing: Self.read("\(folder)/edges.yaml"))
        let lines = String(decoding: try Self.read("\(folder)/component.yaml"), as: UTF8.self).split(separator: "\n")
        let component = (lines.first ?? "").trimmingCharacters(in: .whitespaces)
        guard Edges.isName(component) else {
            throw FlowsError("\(folder)/component.yaml does not name a component in its first line")
        }
        responder = LivenessResponder(component: component, edges: edges, environment: environment, logger: logger)
        listener = HTTPListener(responder, host: host, port: port, idleTimeout: .seconds(60), logger: logger)
    }

    /// Marks the component's outputs, and serves until it is shut down.
    public func run() async throws {
        for edge in responder.edges.outputs.sorted() {
            let isMarked = try await responder.isMarked(edge)
            if !isMarked { responder.logger.warning("cannot write to an output", metadata: ["edge": "\(edge)"]) }
        }
        try await listener.run()
    }

    /// Waits until the service listens.
    public func started() async throws -> ListeningAddress { try await listener.started() }

    private static func read(_ path: String) throws(FlowsError) -> [UInt8] {
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            guard data.count <= 1 << 20 else { throw FlowsError("\(path) is larger than 1 MiB") }
            return Array(data)
        } catch let error as FlowsError {
            throw error
        } catch {
            throw FlowsError("cannot read \(path): \(error.localizedDescription)")
        }
    }
}

struct LivenessResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let component: String
    let edges: Edges
    let environment: [String: String]
    let logger: Logger

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.method == .get else {
            var response = Response(json: ["detail": "Method Not Allowed"], status: 405)
            response.headers[.allow] = "GET"
            return response
        }
        let parts = request.uri.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if parts == ["healthz"] { return Response(json: ["status": "ok"], status: 200) }
        guard parts.count == 2, let side = parts.first, let edge = parts.last.flatMap({ PercentEncoding.decode($0) })
        else { return Self.notFound("Not Found") }
        switch side {
        case "output":
            guard edges.outputs.contains(edge) else { return Self.notFound("Edge not found") }
            return Response(json: .bool(try await isMarked(edge)), status: 200)
        case "input":
            guard edges.inputs.contains(edge) else { return Self.notFound("Edge not found") }
            guard let mount = environment["RAMPART_INPUT_\(edge)"] else {
                return Response(json: ["detail": .string("RAMPART_INPUT_\(edge) is not set")], status: 503)
            }
            guard let marks = try await NIOThreadPool.singleton.runIfActive({ Markers.all(mount) }) else {
                return Response(json: ["detail": .string("The volume of \(edge) cannot be read")], status: 503)
            }
            return Response(json: .array(marks.map { [.string($0.component), .string($0.edge)] }), status: 200)
        default: return Self.notFound("Not Found")
        }
    }

    /// Whether the component's mark is in an output; made once more where it is missing.
    func isMarked(_ edge: String) async throws -> Bool {
        guard let mount = environment["RAMPART_OUTPUT_\(edge)"] else { return false }
        return try await NIOThreadPool.singleton.runIfActive { [component] in
            Markers.mark(mount, component: component, edge: edge)
        }
    }

    private static func notFound(_ detail: JSON) -> Response { Response(json: ["detail": detail], status: 404) }
}

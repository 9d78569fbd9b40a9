import Apps
import Graphs
import Hummingbird
import JSONValues

/// The graph in a request to create or to save an app.
struct GraphBody: Sendable {
    private let body: JSONBody

    static let members: [JSONBody.Member] = [
        .init(name: "apiVersion", kind: .text), .init(name: "kind", kind: .text),
        .init(name: "metadata", kind: .object), .init(name: "spec", kind: .object),
    ]

    init(_ request: Request, options: ServiceOptions) async throws {
        body = try await JSONBody(request, members: Self.members, options: options)
    }

    init(_ body: JSONBody) { self.body = body }

    /// `spec` as it was sent.
    var spec: JSON { body.object["spec"] ?? .null }

    /// The app that the body names, with its graph; one without a namespace is in `default`.
    func newApp() throws(RestError) -> (id: AppID, manifest: Manifest) {
        let manifest: Manifest
        do {
            manifest = try Manifest(reading: body.bytes, format: .json)
        } catch {
            throw .invalid(error)
        }
        guard let id = AppID(manifest) else {
            throw .invalid(Problems([Problem(path: "metadata", message: "name and namespace: \(DNSLabel.rule)")]))
        }
        return (id, manifest)
    }

    /// The graph for an app that is there: only `spec` counts, whatever app the rest of the body names.
    func graph(for id: AppID) throws(RestError) -> Manifest {
        let json: JSON = [
            "apiVersion": .string(Manifest.apiVersion), "kind": .string(Manifest.kind),
            "metadata": ["name": .string(id.name), "namespace": .string(id.namespace)], "spec": spec,
        ]
        do {
            return try Manifest(checking: json)
        } catch {
            throw .invalid(placed(error))
        }
    }

    /// The problems with the lines and columns of the body.
    private func placed(_ problems: Problems) -> Problems {
        let places = JSON.places(in: body.bytes, of: problems.list.map(\.path))
        let list = problems.list.map { problem in
            var problem = problem
            if let place = places[problem.path] { (problem.line, problem.column) = (place.line, place.column) }
            return problem
        }
        return Problems(
            list.enumerated().sorted {
                ($0.element.line ?? 0, $0.element.column ?? 0, $0.offset)
                    < ($1.element.line ?? 0, $1.element.column ?? 0, $1.offset)
            }.map(\.element))
    }
}

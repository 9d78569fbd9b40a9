import Access
import Apps
import Graphs
import HashTreeCollections
import Hummingbird
import JSONValues
import NIOCore
import Sync

/// The reads of apps. They look at values that writers swap as a whole, and never wait for a write or the cluster.
struct Reads: Sendable {
    private let apps: any AppSource
    private let cluster: any ClusterSide
    private let pages: AppListPages
    private let details: DetailCache

    init(apps: any AppSource, cluster: any ClusterSide, options: ServiceOptions) {
        self.apps = apps
        self.cluster = cluster
        pages = AppListPages(apps: apps, cluster: cluster)
        details = DetailCache(bytes: options.cacheBytes)
    }

    func list(_ request: Request) async throws -> Response {
        let (tag, body) = await pages.page(for: try await Exchange.visibility())
        if tag.isKnown(to: request.headers) { return .notModified(tag) }
        var response = Response(status: .ok, body: ResponseBody(contentsOf: body))
        response.headers[.contentType] = "application/json"
        response.headers[.eTag] = tag.text
        return response
    }

    func app(_ id: String, _ request: Request) throws -> Response {
        let entry = details.entry(for: try AppView(id, apps: apps, cluster: cluster))
        if entry.tag.isKnown(to: request.headers) { return .notModified(entry.tag) }
        return Response(json: entry.body, etag: entry.tag)
    }

    func versionGraph(_ id: String, _ version: String, _ request: Request) async throws -> Response {
        let view = try AppView(id, apps: apps, cluster: cluster)
        let app = view.app
        guard let number = try VersionNumber.read(version) else { throw RestError.unknownVersion(app.id, version) }
        if number == 0 { return Self.emptyGraph(of: app.id) }
        guard app.version(number) != nil else { throw RestError.unknownVersion(app.id, version) }
        let text: GraphText
        do {
            text = try await apps.versionGraph(app.id, number)
        } catch {
            throw RestError(error)
        }
        var out = JSONWriter()
        out.output.reserveCapacity(text.json.count + 512)
        out.write(raw: "{\"appId\":")
        out.write(string: app.id.description)
        out.write(raw: ",\"readOnly\":")
        out.write(view.isReadOnly)
        out.write(raw: ",\"versionId\":\"")
        out.write(number)
        out.write(raw: "\",\"graph\":")
        out.write(graph: text, of: app.id, status: nil)
        out.write(raw: "}")
        return Response(json: ByteBuffer(bytes: out.output))
    }

    /// What the UI starts a new graph from.
    private static func emptyGraph(of id: AppID) -> Response {
        Response(
            .ok,
            [
                "appId": .string(id.description), "versionId": "0",
                "graph": ["metadata": ["namespace": .string(id.namespace), "name": .string(id.name)]],
            ])
    }

    func schema(_ request: Request) -> Response {
        if Self.schemaTag.isKnown(to: request.headers) { return .notModified(Self.schemaTag) }
        return Response(json: Self.schemaBody, etag: Self.schemaTag)
    }

    private static let schemaBody = ByteBuffer(bytes: RampartGraphSchema.json.bytes())
    private static let schemaTag = EntityTag(digest: Manifest.hash(ofGraph: RampartGraphSchema.json))
}

extension AppView {
    /// - Throws: 404 where there is no such app.
    init(_ text: String, apps: any AppSource, cluster: any ClusterSide) throws(RestError) {
        guard let id = AppID(text), let app = apps.snapshot.apps[id] else { throw .unknownApp(text) }
        let (report, observed, _) = cluster.current
        self.init(
            app: app, observed: observed[id], sync: report.apps[id], hasSeenCluster: report.hasSeenCluster)
    }
}

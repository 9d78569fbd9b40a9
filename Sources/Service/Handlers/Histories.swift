import Apps
import Git
import Graphs
import HashTreeCollections
import Hummingbird
import JSONValues
import Sync
import URLText

/// The history of apps: versions, differences, and every commit that touched one.
struct Histories: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let options: ServiceOptions

    static let defaultLimit = 50
    static let largestLimit = 500

    func versions(_ text: String, _ request: Request) throws -> Response {
        let app = try AppView(text, apps: apps, cluster: cluster).app
        let tag = EntityTag(commit: app.lastCommit)
        if tag.isKnown(to: request.headers) { return .notModified(tag) }
        return Response(.ok, VersionList.json(app), etag: tag)
    }

    /// Also of an app that is gone: its history says who deleted it.
    func history(_ text: String, _ request: Request) async throws -> Response {
        guard let id = AppID(text), let last = apps.snapshot.lastCommit(of: id) else {
            throw RestError.unknownApp(text)
        }
        let query = QueryText(request.uri.query.map { $0[...] })
        let limit = try Self.limit(query["limit"])
        let before = try Self.before(query["before"])
        let tag = EntityTag(commit: last)
        if tag.isKnown(to: request.headers) { return .notModified(tag) }
        guard let page = try await apps.log(id, limit: limit, before: before) else {
            throw RestError(
                .badRequest, state: "bad_before",
                "the history of \(id) has no commit \(query["before"] ?? ""): take `next` of the page before, "
                    + "or begin again without `before`")
        }
        return Response(.ok, HistoryAnswer.json(page, of: id), etag: tag)
    }

    func diff(_ text: String, _ request: Request) async throws -> Response {
        let app = try AppView(text, apps: apps, cluster: cluster).app
        let query = QueryText(request.uri.query.map { $0[...] })
        let missing = ["from", "to"].filter { query[$0] == nil }
        guard let from = query["from"], let to = query["to"] else {
            throw RestError.body(
                missing.map { BodyProblem("missing", ["query", .string($0)], "Field required", input: .null) })
        }
        let old = try await graph(from, of: app)
        let new = try await graph(to, of: app)
        return Response(.ok, DiffAnswer.json(app.id, from: old, to: new))
    }

    private static func limit(_ text: String?) throws(RestError) -> Int {
        guard let text else { return defaultLimit }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text),
            (1...largestLimit).contains(limit)
        else {
            throw RestError(
                .badRequest, state: "bad_limit", "'\(text)' is no limit, expected a number from 1 to \(largestLimit)")
        }
        return limit
    }

    private static func before(_ text: String?) throws(RestError) -> ObjectID? {
        guard let text else { return nil }
        guard let commit = ObjectID(text) else {
            throw RestError(
                .badRequest, state: "bad_before", "'\(text)' is no commit, expected `next` of the page before")
        }
        return commit
    }

    private func graph(_ name: String, of app: App) async throws -> ComparedGraph {
        switch name {
        case "live":
            guard let live = app.live else {
                throw RestError(.notFound, state: "no_live_graph", "the app \(app.id) was never deployed")
            }
            return ComparedGraph(live: live)
        case "draft":
            guard let draft = app.draft else {
                throw RestError(
                    .notFound, state: "no_draft",
                    "the app \(app.id) has no draft: nothing is saved beside its live graph")
            }
            return ComparedGraph(draft: draft)
        case "cluster": return try await clusterGraph(of: app.id)
        default:
            guard let number = try Self.number(name), let version = app.version(number) else {
                throw RestError.unknownVersion(app.id, name)
            }
            do {
                return ComparedGraph(version, graph: try await apps.versionGraph(app.id, number))
            } catch {
                throw RestError(error)
            }
        }
    }

    private static func number(_ text: String) throws(RestError) -> Int? {
        do {
            return try VersionNumber.read(text)
        } catch {
            throw RestError(
                .badRequest, state: "version_not_a_number",
                "'\(text)' cannot be compared, expected a version such as 3, or live, draft or cluster")
        }
    }

    private func clusterGraph(of id: AppID) async throws -> ComparedGraph {
        let isAway = cluster.current.report.unreachable != nil
        let patience = isAway ? options.patienceWhileUnreachable : options.patience
        let cluster = cluster
        let answer = await withTaskGroup(of: ClusterGraph.self) { group in
            group.addTask { await cluster.clusterGraph(of: id) }
            group.addTask {
                try? await Task.sleep(for: patience)
                return .unanswered("the API server has not answered within \(patience)")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unanswered("cancelled")
        }
        switch answer {
        case .found(let resource):
            let annotations = resource.at("metadata", "annotations")
            return ComparedGraph(
                name: "cluster", version: annotations?["rampart.petuum.com/version"]?.string.flatMap { Int($0) },
                commit: annotations?["rampart.petuum.com/commit"]?.string, graph: resource.at("spec", "graph") ?? [:])
        case .missing:
            throw RestError(.notFound, state: "not_in_cluster", "the cluster has no RampartGraph of \(id)")
        case .unanswered(let message):
            throw RestError(
                .serviceUnavailable, state: "cluster_unreachable", "the cluster cannot be asked now: \(message)")
        }
    }
}

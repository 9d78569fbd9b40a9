import Apps
import Foundation
import Git
import Graphs
import Hummingbird
import JSONValues
import Logging

/// The node configs: the library of components and flows that the UI offers.
struct NodeConfigs: Sendable {
    let apps: any AppSource
    let options: ServiceOptions
    let logger: Logger

    private var proposals: Proposals { Proposals(apps: apps, options: options, logger: logger) }

    func list() -> Response {
        Response(.ok, .array(apps.snapshot.sortedConfigs().map(Self.json)))
    }

    func show(_ id: String) throws -> Response {
        let config = try existing(id)
        return Response(.ok, Self.json(config), etag: EntityTag(commit: config.commit))
    }

    func create(_ request: Request) async throws -> Response {
        try Precondition.ofNew(request.headers)
        let content = try await NodeConfigBody(request, options: options).content
        let id = UUID().uuidString.lowercased().filter { $0 != "-" }
        return try await answer(.createConfig(id, content), request, expecting: nil)
    }

    func change(_ id: String, _ request: Request) async throws -> Response {
        let content = try await NodeConfigBody(request, options: options).content
        let expecting = try Precondition(request.headers).expected(last: existing(id).commit)
        return try await answer(.changeConfig(id, content), request, expecting: expecting)
    }

    func delete(_ id: String, _ request: Request) async throws -> Response {
        let expecting = try Precondition(request.headers).expected(last: existing(id).commit)
        if let proposed = try await proposals.instead(of: .deleteConfig(id), request, expecting: expecting) {
            return proposed
        }
        _ = try await perform(.deleteConfig(id), request, expecting: expecting)
        return Response(status: .noContent)
    }

    private func existing(_ id: String) throws(RestError) -> NodeConfig {
        guard let config = apps.snapshot.config(id) else { throw .unknownConfig(id) }
        return config
    }

    private func answer(_ act: Act, _ request: Request, expecting: ObjectID?) async throws -> Response {
        if let proposed = try await proposals.instead(of: act, request, expecting: expecting) { return proposed }
        let result = try await perform(act, request, expecting: expecting)
        guard let config = result.config else { throw RestError.unexpected }
        return Response(.ok, Self.json(config), etag: EntityTag(commit: config.commit))
    }

    private func perform(_ act: Act, _ request: Request, expecting: ObjectID?) async throws -> ActResult {
        do {
            return try await apps.perform(act, for: request, options, expecting: expecting)
        } catch {
            if case .storage(let message) = error {
                logger.error("an act was not done", metadata: ["subject": "\(act.subject)", "error": "\(message)"])
            }
            var failed = RestError(error)
            if case .changed = error { failed.state = "config_changed" }
            throw failed
        }
    }

    private static func json(_ config: NodeConfig) -> JSON {
        var object = JSONObject()
        object["id"] = .string(config.id)
        object["title"] = .string(config.content?.title ?? "")
        object["config"] = .object(config.content?.config ?? [:])
        object["type"] = .string(config.content?.type ?? "")
        object["nodeType"] = .string(config.content?.nodeType ?? "")
        object["message"] = config.content?.message.map { .string($0) } ?? .null
        object["creationTimestamp"] = .string(config.created.description)
        object["lastModifiedTimestamp"] = config.lastModified.map { .string($0.description) } ?? .null
        object["version"] = .int(Int64(config.version))
        return .object(object)
    }
}

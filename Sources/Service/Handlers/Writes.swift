import Access
import Apps
import Git
import Graphs
import Hummingbird
import JSONValues
import Logging
import Sync

/// The writes of apps: each is one commit, in the name of whoever asked.
struct Writes: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide
    let options: ServiceOptions
    /// What stands before every path of the service.
    let base: String
    let logger: Logger

    var proposals: Proposals { Proposals(apps: apps, options: options, logger: logger) }

    func create(_ request: Request) async throws -> Response {
        let body = try await GraphBody(request, options: options)
        let mustBeNew = try Precondition.ofNew(request.headers)
        let (id, manifest) = try body.newApp()
        try await Exchange.demand(.create, in: .namespace(id.namespace))
        if let proposed = try await proposals.instead(of: .create(id, manifest), request, expecting: nil) {
            return proposed
        }
        let result: ActResult
        do {
            result = try await perform(.create(id, manifest), request, expecting: nil)
        } catch let error as RestError {
            // Whoever asks with a header gets the answer that RFC 9110 (13.1.2) has for it.
            guard mustBeNew, error.state == "duplicate_graph_exists", let last = apps.snapshot.lastCommit(of: id)
            else { throw error }
            var failed = RestError(.preconditionFailed, state: error.state, error.message)
            failed.facts["commit"] = .string(last.description)
            failed.headers[.eTag] = EntityTag(commit: last).text
            throw failed
        }
        let answer: JSON = ["graph": body.spec, "appId": .string(id.description), "versionId": "1"]
        var response = Response(.created, answer, etag: tag(of: result))
        response.headers[.location] = "\(base)/api/v1/apps/\(id)"
        return response
    }

    func save(_ text: String, _ request: Request) async throws -> Response {
        let body = try await GraphBody(request, options: options)
        let view = try AppView(text, apps: apps, cluster: cluster)
        let id = view.app.id
        try view.checkIsWritable()
        let manifest = try body.graph(for: id)
        let expecting = try Precondition(request.headers).expected(last: view.app.lastCommit)
        if let proposed = try await proposals.instead(of: .save(id, manifest), request, expecting: expecting) {
            return proposed
        }
        let result = try await perform(.save(id, manifest), request, expecting: expecting)
        let answer: JSON = [
            "appId": .string(id.description), "versionId": .int(Int64(result.version ?? 0)),
            "graph": Self.graph(manifest.graph, of: id, status: view.observed?.status),
        ]
        return Response(.ok, answer, etag: tag(of: result))
    }

    func delete(_ text: String, _ request: Request) async throws -> Response {
        let view = try AppView(text, apps: apps, cluster: cluster)
        let id = view.app.id
        try view.checkIsWritable()
        var expecting = try Precondition(request.headers).expected(last: view.app.lastCommit)
        if view.app.live != nil {
            try await Exchange.demand(.delete, in: .namespace(id.namespace))
        } else if Exchange.current?.rights != nil {
            // Who may only save deletes what is not live: not what somebody deploys meanwhile.
            expecting = expecting ?? view.app.lastCommit
        }
        if let proposed = try await proposals.instead(of: .delete(id), request, expecting: expecting) {
            return proposed
        }
        _ = try await perform(.delete(id), request, expecting: expecting)
        return answer(["appId": .string(id.description)], isPending: view.app.live != nil, etag: nil)
    }

    func redeploy(_ text: String, _ versionText: String, _ request: Request) async throws -> Response {
        let body = RedeploymentBody(
            try await JSONBody(request, members: RedeploymentBody.members, options: options))
        let view = try AppView(text, apps: apps, cluster: cluster)
        try body.agree(id: text, version: versionText)
        let version = try VersionNumber.read(versionText)
        try view.checkIsWritable()
        let expecting = try Precondition(request.headers).expected(last: view.app.lastCommit)
        if body.deploys {
            guard let version, view.app.version(version) != nil else {
                throw RestError.unknownVersion(view.app.id, versionText)
            }
            return try await deploy(version, view, request, expecting: expecting)
        }
        let act = Act.undeploy(view.app.id)
        if let proposed = try await proposals.instead(of: act, request, expecting: expecting) { return proposed }
        let result = try await perform(.undeploy(view.app.id), request, expecting: expecting)
        return answer(["appId": .string(view.app.id.description)], isPending: true, etag: tag(of: result))
    }

    /// Asks the API server first: what it refuses is not committed, what it cannot be asked now is.
    private func deploy(
        _ version: Int, _ view: AppView, _ request: Request, expecting: ObjectID?
    ) async throws -> Response {
        let id = view.app.id
        if let expecting, expecting != view.app.lastCommit {
            throw RestError(ActError.changed(current: view.app.lastCommit))
        }
        var manifest: JSON
        do {
            manifest = try await apps.versionGraph(id, version).value
        } catch {
            throw RestError(error)
        }
        if var spec = manifest["spec"] {
            spec["deploy"] = nil
            manifest["spec"] = spec
        }
        let trial = await trial(of: manifest, as: id, version: version)
        if case .refused(let message) = trial {
            throw RestError(.unprocessableContent, state: "error redeploying graph", message)
        }
        let act = Act.deploy(id, version: version)
        if let proposed = try await proposals.instead(of: act, request, expecting: expecting) { return proposed }
        let result = try await perform(.deploy(id, version: version), request, expecting: expecting)
        var answer: JSON = ["appId": .string(id.description), "versionId": .int(Int64(result.version ?? version))]
        switch trial {
        case .accepted(let object):
            answer["graph"] = object
            return Response(.ok, answer, etag: tag(of: result))
        case .refused(let message), .unanswered(let message):
            answer["graph"] = Self.graph(manifest.at("spec", "graph") ?? .null, of: id, status: view.observed?.status)
            answer["state"] = "pending"
            answer["message"] = .string("committed; the cluster gets it as soon as it can be asked: \(message)")
            return Response(.accepted, answer, etag: tag(of: result))
        }
    }

    /// Asks the API server, but does not wait long for one that is known to be away.
    func trial(of manifest: JSON, as id: AppID, version: Int) async -> Trial {
        let cluster = cluster
        let isAway = cluster.current.report.unreachable != nil
        let patience = isAway ? options.patienceWhileUnreachable : options.patience
        return await withTaskGroup(of: Trial.self) { group in
            group.addTask { await cluster.trial(of: manifest, as: id, version: version) }
            group.addTask {
                try? await Task.sleep(for: patience)
                return .unanswered("the API server has not answered within \(patience)")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unanswered("cancelled")
        }
    }

    // MARK: - Parts

    func perform(_ act: Act, _ request: Request, expecting: ObjectID?) async throws -> ActResult {
        do {
            return try await apps.perform(act, for: request, options, expecting: expecting)
        } catch {
            if case .storage(let message) = error {
                logger.error("an act was not done", metadata: ["subject": "\(act.subject)", "error": "\(message)"])
            }
            throw RestError(error)
        }
    }

    func tag(of result: ActResult) -> EntityTag? { result.app.map { EntityTag(commit: $0.lastCommit) } }

    /// 200, or 202 where the cluster has to be changed too and cannot be reached now.
    func answer(_ answer: JSON, isPending: Bool, etag: EntityTag?) -> Response {
        guard isPending, let why = cluster.current.report.unreachable else { return Response(.ok, answer, etag: etag) }
        var answer = answer
        answer["state"] = "pending"
        answer["message"] = .string("committed; the cluster follows as soon as it can be reached: \(why)")
        return Response(.accepted, answer, etag: etag)
    }

    private static func graph(_ graph: JSON, of id: AppID, status: JSON?) -> JSON {
        var answer: JSON = [
            "apiVersion": .string(Manifest.apiVersion), "kind": .string(Manifest.kind),
            "metadata": ["name": .string(id.name), "namespace": .string(id.namespace)], "spec": ["graph": graph],
        ]
        if let status { answer["status"] = status }
        return answer
    }
}

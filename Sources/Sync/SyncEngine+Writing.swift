import Apps
import Git
import HashTreeCollections
import Kubernetes

extension SyncEngine {
    /// Writes to the cluster, and gives the request up where another replica takes over meanwhile, or where it takes long
    /// and HEAD says something else of the app by then.
    ///
    /// - Parameter live: the commit of the live graph by which it is written; nil where there is none.
    /// - Throws: ``KubernetesError/Kind/cancelled`` where it was given up, or this replica does not lead.
    nonisolated func writing<Result: Sendable>(
        _ verb: String, of id: AppID, at live: ObjectID?,
        _ body: @escaping @Sendable () async throws(KubernetesError) -> Result
    ) async throws(KubernetesError) -> Result {
        let election = election
        do {
            return try await unlessOvertaken(id, live) {
                guard let election else { return try await body() }
                return try await election.whileLeading(body)
            }
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(
                .cancelled, operation: .init(verb: verb, resource: "rampartgraphs", object: "\(id)"),
                message: mayWrite ? "a newer commit takes its place" : "another replica leads")
        }
    }

    /// A commit that mends an app must not wait for a request of the one before that hangs, for instance in an admission
    /// webhook.
    ///
    /// Only the answer is given up: the API server may carry such a write out all the same, mostly before the newer one. Where
    /// it comes after it, the watch shows that, and what HEAD says is applied once more.
    private nonisolated func unlessOvertaken<Result: Sendable>(
        _ id: AppID, _ live: ObjectID?, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await self.untilOvertaken(id, live)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw CancellationError() }
            return result
        }
    }

    /// Returns when HEAD says something else of an app, not before a write takes long, or when the task is cancelled.
    private nonisolated func untilOvertaken(_ id: AppID, _ live: ObjectID?) async {
        var wait = options.patience
        repeat {
            do { try await clock.sleep(for: wait) } catch { return }
            wait = .milliseconds(100)
        } while store.snapshot.apps[id]?.live?.commit == live
    }
}

import Apps
import Git
import Hummingbird
import JSONValues
import NIOCore
import Sync

/// What the sync loop says, and what it can be told.
struct SyncHandlers: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide

    func show() -> Response {
        let snapshot = apps.snapshot
        return Response(json: ByteBuffer(bytes: SyncAnswer(snapshot, cluster.current.report).json.bytes()))
    }

    /// Folds what is new on the branch, and has everything compared again.
    func look() async throws -> Response {
        try await apps.look()
        await cluster.look()
        let head = apps.snapshot.head
        return Response(.accepted, ["state": "looking", "head": head.map { .string($0.description) } ?? .null])
    }

    /// Lets the held deletions through.
    func confirm() async throws -> Response {
        let confirmed = await cluster.confirmPrune()
        guard !confirmed.isEmpty else {
            throw RestError(.conflict, state: "nothing_held", "no deletion waits for a confirmation")
        }
        return Response(.accepted, ["confirmed": .array(confirmed.map { .string($0.description) })])
    }
}

import Apps
import Hummingbird
import JSONValues
import NIOCore
import Sync

/// What probes ask.
struct Probes: Sendable {
    let apps: any AppSource
    let cluster: any ClusterSide

    private static let aliveBody = ByteBuffer(string: #"{"status":"ok"}"#)

    /// The process answers.
    func alive() -> Response { Response(json: Self.aliveBody) }

    /// Whether all parts work, and which does not and why; the latter only for who is known.
    func ready(withDetails: Bool) -> Response {
        let report = cluster.current.report
        let clusterProblem =
            report.unreachable.map { "the API server cannot be reached: \($0)" }
            ?? (report.hasSeenCluster ? nil : "the resources of the cluster have not been listed yet")
        var parts: [(name: String, problem: String?)] = [
            ("repository", nil), ("cluster", clusterProblem),
        ]
        let isReady = parts.allSatisfy { $0.problem == nil }
        // Reads and sync go on without the remote, and at a commit that is not verified: taking the service off the network would end them for nothing.
        if let stop = apps.snapshot.stop { parts.append(("signatures", stop.description)) }
        if let remote = apps.remoteState { parts.append(("remote", remote.message)) }
        let status: HTTPResponse.Status = isReady ? .ok : .serviceUnavailable
        var answer: JSON = ["ready": .bool(isReady)]
        guard withDetails else { return Response(status, answer) }
        answer["parts"] = .object(
            JSONObject(
                pairs: parts.map { part in
                    var state: JSON = ["ready": .bool(part.problem == nil)]
                    if let problem = part.problem { state["message"] = .string(problem) }
                    return (part.name, state)
                }))
        if let first = parts.first(where: { $0.problem != nil }) {
            answer["message"] = .string("\(first.name): \(first.problem ?? "")")
        }
        return Response(status, answer)
    }
}

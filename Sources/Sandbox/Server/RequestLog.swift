import Synchronization

/// What tests ask afterwards (requests seen) and set before (faults).
final class RequestLog: Sendable {
    private struct State {
        var requests: [SandboxRequest] = []
        var faults: [SandboxFault] = []
        var token: String?
        var underway: [String] = []
        var most = 0
    }

    private let state = Mutex(State())
    private static let length = 50_000

    func note(_ request: SandboxRequest) {
        state.withLock { state in
            state.requests.append(request)
            if state.requests.count > Self.length * 2 { state.requests.removeFirst(Self.length) }
        }
    }

    var requests: [SandboxRequest] { state.withLock { $0.requests } }

    /// Says that a request is being answered, until ``end(_:)``.
    func begin(_ path: String) {
        state.withLock { state in
            state.underway.append(path)
            state.most = max(state.most, state.underway.count)
        }
    }

    func end(_ path: String) {
        state.withLock { state in
            if let index = state.underway.firstIndex(of: path) { state.underway.remove(at: index) }
        }
    }

    /// The paths of requests that are being answered.
    var underway: [String] { state.withLock(\.underway) }

    /// How many were answered at the same time, at most.
    var mostAtOnce: Int { state.withLock(\.most) }

    func clear() { state.withLock { $0.requests = [] } }

    /// The token that requests must carry instead of the one of the start.
    var token: String? {
        get { state.withLock(\.token) }
        set { state.withLock { $0.token = newValue } }
    }

    var faults: [SandboxFault] { state.withLock(\.faults) }

    func set(_ faults: [SandboxFault]) { state.withLock { $0.faults = faults } }

    /// The fault that strikes a request, counted down.
    func fault(method: String, path: String, isWatch: Bool = false) -> SandboxFault.Effect? {
        state.withLock { state in
            for index in state.faults.indices {
                let fault = state.faults[index]
                guard fault.count != 0, fault.method == nil || fault.method == method,
                    fault.path.map(path.contains) ?? true
                else { continue }
                if case .silence = fault.effect, !isWatch { continue }
                state.faults[index].count = fault.count.map { $0 - 1 }
                return fault.effect
            }
            return nil
        }
    }
}

import Synchronization

/// What tests ask afterwards (requests seen) and set before (faults).
final class RequestLog: Sendable {
    private struct State {
        var requests: [SandboxRequest] = []
        var faults: [SandboxFault] = []
        var token: String?
        var now = 0
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

    /// Counts requests that are being answered.
    func begin() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func end() { state.withLock { $0.now -= 1 } }

    /// How many were answered at the same time, at most.
    var mostAtOnce: Int { state.withLock(\.most) }

    func clear() { state.withLock { $0.requests = [] } }

    /// The token that requests must carry instead of the one of the start.
    var token: String? {
        get { state.withLock(\.token) }
        set { state.withLock { $0.token = newValue } }
    }

    func set(_ faults: [SandboxFault]) { state.withLock { $0.faults = faults } }

    /// The fault that strikes a request, counted down.
    func fault(method: String, path: String) -> SandboxFault.Effect? {
        state.withLock { state in
            for index in state.faults.indices {
                let fault = state.faults[index]
                guard fault.count != 0, fault.method == nil || fault.method == method,
                    fault.path.map(path.contains) ?? true
                else { continue }
                state.faults[index].count = fault.count.map { $0 - 1 }
                return fault.effect
            }
            return nil
        }
    }
}

import NIOSSL
import Secrets
import Synchronization

/// The credentials of an exec plugin, kept until they expire or are refused.
final class ExecCredentials: Sendable {
    private struct Kept {
        var authorization: CredentialSource.Authorization
        /// Seconds since 1970; nil keeps them until the server refuses.
        var expires: Double?
    }

    private let plugin: ExecPlugin
    private let tls: TLSConfiguration
    private let timeout: Duration
    private let kept = Mutex<Kept?>(nil)
    private let turn = Turn()

    init(_ plugin: ExecPlugin, tls: TLSConfiguration, timeout: Duration) {
        self.plugin = plugin
        self.tls = tls
        self.timeout = timeout
    }

    func authorization() async throws(CredentialError) -> CredentialSource.Authorization {
        if let current { return current }
        // One run for all that wait: the program may open a browser or ask a slow service.
        await turn.enter()
        defer { turn.leave() }
        if let current { return current }
        let credential = try await plugin.run(timeout: timeout)
        var authorization = CredentialSource.Authorization(header: credential.token.map { "Bearer " + $0.exposed })
        if let identity = credential.certificate {
            var tls = tls
            do {
                try TLSSettings.add(identity, to: &tls)
            } catch {
                throw CredentialError(description: "\(plugin.command): \(error)")
            }
            authorization.tls = tls
        }
        kept.withLock { $0 = Kept(authorization: authorization, expires: credential.expires) }
        return authorization
    }

    func invalidate() { kept.withLock { $0 = nil } }

    private var current: CredentialSource.Authorization? {
        kept.withLock { kept in
            guard let kept else { return nil }
            if let expires = kept.expires, WallTime.now() >= expires { return nil }
            return kept.authorization
        }
    }
}

/// Lets one task in at a time, in the order in which they came.
final class Turn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}

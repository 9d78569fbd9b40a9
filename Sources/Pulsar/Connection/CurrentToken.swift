import Secrets
import Synchronization

/// The token that was read last, for brokers that ask again while a connection is open.
final class CurrentToken: Sendable {
    private let file: SecretFile?
    private let last = Mutex<Secret?>(nil)

    init(_ file: SecretFile?) { self.file = file }

    /// Reads the file, if there is one.
    /// - Throws: ``PulsarError`` where it cannot be read.
    func read() async throws -> Secret? {
        guard let file else { return nil }
        let token: Secret?
        do {
            token = try await file.secret()
        } catch {
            throw PulsarError(.unauthorized, "no token can be shown: \(error)")
        }
        last.withLock { $0 = token }
        return token
    }

    /// What was read last, which every check does at its beginning; nil where there is no file.
    var known: Secret? { last.withLock { $0 } }
}

import FoundationEssentials
import Logging
import NIOPosix
import Synchronization

/// A bearer token in a file that something else renews.
///
/// The file is read again when it is used and the last look is a second old: a token is a few hundred bytes, and what
/// a change of its time stamps would save is less than what a missed one costs.
final class TokenFile: Sendable {
    private struct State {
        var token: String?
        var readAt: ContinuousClock.Instant?
    }

    private let path: String
    private let logger: Logger
    private let state = Mutex(State())

    init(_ path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    func token() async throws(CredentialError) -> String {
        let now = ContinuousClock.now
        let known: String? = state.withLock { state in
            guard let token = state.token, let readAt = state.readAt, now - readAt < .seconds(1) else { return nil }
            return token
        }
        if let known { return known }
        let path = path
        let read: Result<String, CredentialError>
        do {
            read = .success(try await NIOThreadPool.singleton.runIfActive { try Self.read(path) })
        } catch {
            read = .failure((error as? CredentialError) ?? CredentialError(description: "\(path): \(error)"))
        }
        switch read {
        case .success(let token):
            state.withLock { $0 = State(token: token, readAt: now) }
            return token
        case .failure(let error):
            // While a file is replaced it may be missing for a moment; the token of before may still be good.
            guard let last = state.withLock({ $0.token }) else { throw error }
            logger.warning("Cannot read the token file again", metadata: ["error": "\(error)"])
            return last
        }
    }

    /// Makes the next request read the file, however short ago that was done.
    func invalidate() { state.withLock { $0.readAt = nil } }

    private static func read(_ path: String) throws(CredentialError) -> String {
        let text: String
        do {
            text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw CredentialError(description: "\(path): cannot read the token file: \(FileProblem.text(error))")
        }
        let token = text.trimming { $0.isWhitespace }
        guard !token.isEmpty else { throw CredentialError(description: "\(path): the token file is empty") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CredentialError(description: "\(path): the token file holds more than a token")
        }
        return token
    }
}

extension String {
    func trimming(_ isDropped: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, isDropped(first) { rest.removeFirst() }
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return String(rest)
    }
}

/// Says in a few words why a file cannot be read.
enum FileProblem {
    static func text(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return String(describing: error) }
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "no permission to read it"
        default: return "it cannot be read (\(error.code.rawValue))"
        }
    }
}

import FoundationEssentials
public import Logging
import NIOPosix
import Synchronization

/// Secrets in a file that something else renews: one a line, so that a new one can stand beside the one it replaces.
///
/// The file is read again when it is used and the last look is a second old. While it is missing for a moment, as a
/// file that is replaced may be, the secrets of before are good for another minute.
public final class SecretFile: Sendable, CustomStringConvertible {
    private struct State {
        var secrets: [Secret] = []
        var readAt: ContinuousClock.Instant?
        var goodAt: ContinuousClock.Instant?
    }

    /// Where the file is.
    public let path: String
    private let logger: Logger
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// The longest file that is read, in bytes.
    private static let longest = 64 << 10

    /// - Parameter clock: says what time it is.
    public init(
        _ path: String, logger: Logger, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.path = path
        self.logger = logger
        self.clock = clock
    }

    /// The path; never what the file holds.
    public var description: String { path }

    /// The secrets of the file, in its order, at least one; lines of white space do not count, nor does white space
    /// around one.
    ///
    /// - Throws: ``SecretFileError`` where the file cannot be read or holds none.
    public func secrets() async throws(SecretFileError) -> [Secret] {
        let now = clock()
        let known: [Secret]? = state.withLock { state in
            guard let readAt = state.readAt, now - readAt < .seconds(1), !state.secrets.isEmpty else { return nil }
            return state.secrets
        }
        if let known { return known }
        let path = path
        let read: Result<[Secret], SecretFileError>
        do {
            read = .success(try await NIOThreadPool.singleton.runIfActive { try Self.read(path) })
        } catch {
            read = .failure((error as? SecretFileError) ?? SecretFileError(path: path, reason: "\(error)"))
        }
        switch read {
        case .success(let secrets):
            state.withLock { $0 = State(secrets: secrets, readAt: now, goodAt: now) }
            return secrets
        case .failure(let error):
            let last: [Secret]? = state.withLock { state in
                guard let goodAt = state.goodAt, now - goodAt < .seconds(60) else {
                    state.secrets = []
                    return nil
                }
                state.readAt = now
                return state.secrets
            }
            guard let last else { throw error }
            logger.warning("cannot read a file of secrets again", metadata: ["error": "\(error)"])
            return last
        }
    }

    /// The one secret of a file that holds one: its first.
    public func secret() async throws(SecretFileError) -> Secret {
        guard let first = try await secrets().first else {
            throw SecretFileError(path: path, reason: "it holds no secret")
        }
        return first
    }

    private static func read(_ path: String) throws(SecretFileError) -> [Secret] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw SecretFileError(path: path, reason: reason(error))
        }
        guard data.count <= longest else {
            throw SecretFileError(path: path, reason: "it is larger than \(longest) bytes, expected a secret a line")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw SecretFileError(path: path, reason: "it is no UTF-8 text")
        }
        let secrets = text.split(whereSeparator: \.isNewline).compactMap { line -> Secret? in
            var line = line
            while let first = line.first, first.isWhitespace { line.removeFirst() }
            while let last = line.last, last.isWhitespace { line.removeLast() }
            return line.isEmpty ? nil : Secret(String(line))
        }
        guard !secrets.isEmpty else { throw SecretFileError(path: path, reason: "it holds no secret") }
        return secrets
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such file"
        case .fileReadNoPermission: return "no permission to read it"
        default: return "it cannot be read (\(error.code.rawValue))"
        }
    }
}

/// Why a file of secrets is of no use.
public struct SecretFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What is wrong with it.
    public let reason: String

    public var description: String { "\(path): \(reason)" }
}

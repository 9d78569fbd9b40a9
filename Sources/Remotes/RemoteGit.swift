import GitProgram
import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// Runs `git` once, for one conversation, and gives it up where it falls silent or takes too long.
struct RemoteGit: Sendable {
    /// How much memory it, and each program that it starts, may take for itself, in bytes.
    let memory: Int

    struct Ended: Sendable {
        var succeeded: Bool
        var output: String
        var errors: String
    }

    enum Stop: Error {
        /// The other side said nothing for that long; commits may have been sent before.
        case silent(Duration, hasSent: Bool)
        /// All of it took that long.
        case late(Duration, hasSent: Bool)
        case cancelled(hasSent: Bool)
        case cannotRun(String)
    }

    /// Git writes its progress to standard error, about once a second, which shows that the other side is alive.
    func run(
        _ arguments: [String], environment: [String: String], patience: Patience
    ) async throws(Stop) -> Ended {
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        let settings = Environment.custom(variables)
        guard let program = Self.find(in: environment["PATH"] ?? "") else {
            throw .cannotRun("there is no program 'git' on the PATH; install git")
        }
        let command = BoundedCommand(program.string, arguments, memory: memory)
        let sign = Sign()
        do {
            return try await withThrowingTaskGroup(of: Ended.self) { group in
                group.addTask { try await Self.converse(command, settings, sign) }
                group.addTask { throw await sign.watch(patience) }
                defer { group.cancelAll() }
                guard let ended = try await group.next() else { throw Stop.cancelled(hasSent: sign.hasSent) }
                return ended
            }
        } catch let stop as Stop {
            throw Task.isCancelled ? .cancelled(hasSent: sign.hasSent) : stop
        } catch {
            if Task.isCancelled || error is CancellationError { throw .cancelled(hasSent: sign.hasSent) }
            throw .cannotRun(Self.problem(error))
        }
    }

    /// Looks for git here: a process of its own would be begun for each folder that has none.
    private static func find(in path: String) -> FilePath? {
        for folder in path.split(separator: ":") where folder.hasPrefix("/") {
            if access("\(folder)/git", X_OK) == 0 { return FilePath("\(folder)/git") }
        }
        return nil
    }

    private static func converse(
        _ command: BoundedCommand, _ environment: Environment, _ sign: Sign
    ) async throws -> Ended {
        var options = PlatformOptions()
        // A session of its own, so that the helpers that git starts (ssh, git-remote-https) end with it.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(300))
        ]
        let record = try await Subprocess.run(
            .path(command.program), arguments: Arguments(command.arguments), environment: environment,
            workingDirectory: "/", platformOptions: options, input: .none, output: .string(limit: 16 << 20),
            error: .sequence
        ) { execution -> String in
            var bytes: [UInt8] = []
            for try await chunk in execution.standardError {
                let before = bytes.count
                chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
                // With what came just before, as a line may come in two parts.
                sign.give(String(decoding: bytes[max(0, before - 40)...], as: UTF8.self))
                // What matters comes last; progress may go on for long.
                if bytes.count > 1 << 17 { bytes.removeFirst(bytes.count - 1 << 16) }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        return Ended(
            succeeded: record.terminationStatus.isSuccess, output: record.standardOutput, errors: record.closureResult)
    }

    private static func problem(_ error: any Error) -> String {
        if let error = error as? SubprocessError {
            if error.code == .outputLimitExceeded { return "git wrote too much" }
        }
        return "git cannot be run: \(error)"
    }
}

/// When the other side was last heard of.
private final class Sign: Sendable {
    private let start = ContinuousClock.now
    private let last = Mutex(ContinuousClock.now)
    private let sent = Mutex(false)

    /// Whether commits were on their way.
    var hasSent: Bool { sent.withLock { $0 } }

    func give(_ text: String) {
        last.withLock { $0 = .now }
        if GitMessages.tellsOfSending(text) { sent.withLock { $0 = true } }
    }

    /// Returns once patience is at its end.
    func watch(_ patience: Patience) async -> RemoteGit.Stop {
        while true {
            let silentAt = last.withLock { $0 } + patience.silence
            let lateAt = start + patience.total
            let now = ContinuousClock.now
            if now >= lateAt { return .late(patience.total, hasSent: hasSent) }
            if now >= silentAt { return .silent(patience.silence, hasSent: hasSent) }
            do { try await Task.sleep(until: min(silentAt, lateAt), clock: .continuous) } catch {
                return .cancelled(hasSent: hasSent)
            }
        }
    }
}

import Apps
import Foundation
import Git
import HashTreeCollections
import Logging
import Remotes
import Synchronization
import TestSupport

/// A bare remote in a folder, with services and engineers around it.
final class RemoteFixture: Sendable {
    let folder: TemporaryFolder
    private let clock = Mutex<Int64>(1_800_000_000)

    init() async throws {
        folder = try TemporaryFolder()
        try await Command.output("mkdir", ["-p", folder.appending("repositories")])
        try await Command.git("init", "-q", "--bare", "--initial-branch=main", remote, in: folder.path)
    }

    var remote: String { folder.appending("repositories/remote.git") }

    func data(_ name: String) -> String { folder.appending(name) }

    /// Opens a store that follows the remote.
    ///
    /// - Parameter transport: who talks to it; real git if nil.
    func open(
        _ name: String = "one", _ transport: (any Remote)? = nil, logger: Logger? = nil,
        _ change: (inout FollowedRemote, inout AppStoreOptions) -> Void = { _, _ in }
    ) async throws -> AppStore {
        var options = AppStoreOptions(data: data(name)) { [self] in
            clock.withLock { time in
                time += 1
                return Timestamp(seconds: time, offsetMinutes: 60)
            }
        }
        var followed = FollowedRemote(try transport ?? GitRemote(RemoteURL(remote)))
        change(&followed, &options)
        options.remote = followed
        return try await AppStore.open(
            options, logger: logger ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Opens a store that follows nobody.
    func alone(_ name: String) async throws -> AppStore {
        try await AppStore.open(
            AppStoreOptions(data: data(name)), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// What `git` prints in the remote.
    @discardableResult
    func git(_ arguments: String..., in repository: String? = nil) async throws -> String {
        try await Command.output("git", arguments, in: repository ?? remote, environment: Command.gitEnvironment)
    }

    /// A clone of the remote for an engineer.
    func clone(_ name: String = "work") async throws -> WorkTree {
        try await Command.git("clone", "-q", remote, folder.appending(name), in: folder.path)
        return WorkTree(path: folder.appending(name))
    }

    /// The head of the remote's branch.
    func head() async throws -> ObjectID? { ObjectID(try await git("rev-parse", "main")) }

    /// The head of a service's own branch.
    func head(of name: String) async throws -> ObjectID? {
        ObjectID(try await git("rev-parse", "main", in: data(name) + "/graphs.git"))
    }

    /// The first lines of the messages on the remote's own line that begin with a word, the oldest first.
    func line(_ word: String) async throws -> [String] {
        let text = try await git("log", "--first-parent", "--reverse", "--format=%s", "--grep=^\(word) ", "main")
        return text.split(separator: "\n").map(String.init)
    }

    /// A hook of the remote; nil takes it away.
    func hook(_ name: String, _ script: String?) async throws {
        let path = "\(remote)/hooks/\(name)"
        guard let script else { return try FileManager.default.removeItem(atPath: path) }
        try folder.write("#!/bin/sh\n\(script)\n", to: "repositories/remote.git/hooks/\(name)")
        try await Command.output("chmod", ["+x", path])
    }
}

/// A remote that fails when a test says so, around a real one.
final class FaultyRemote: Remote {
    enum Fault: Sendable {
        /// Nobody answers, before anything is sent.
        case away
        /// The push arrives and the answer is lost.
        case answerLost
        /// The push is lost on its way, and nobody knows.
        case pushLost
        /// Answers as that.
        case error(RemoteError)
        /// Runs something first, then goes on.
        case first(@Sendable () async -> Void)
    }

    private struct State {
        var pushes: [Fault] = []
        var fetches: [Fault] = []
        var isAway = false
        var pushed = 0
        var fetched = 0
    }

    private let real: any Remote
    private let state = Mutex(State())

    init(_ real: any Remote) { self.real = real }

    var address: String { real.address }
    var pushed: Int { state.withLock(\.pushed) }
    var fetched: Int { state.withLock(\.fetched) }

    /// From now on nobody answers, or all is well again.
    func isAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }
    func nextPush(_ faults: Fault...) { state.withLock { $0.pushes += faults } }
    func nextFetch(_ faults: Fault...) { state.withLock { $0.fetches += faults } }

    private static let away = RemoteError(.unreachable, "nobody answers")

    func fetch(
        _ branch: ReferenceName, into reference: ReferenceName, of repository: String, patience: Patience
    ) async throws(RemoteError) {
        let (fault, isAway) = state.withLock { state in
            state.fetched += 1
            return (state.fetches.isEmpty ? nil : state.fetches.removeFirst(), state.isAway)
        }
        if isAway { throw Self.away }
        switch fault {
        case .away, .answerLost, .pushLost: throw Self.away
        case .error(let error): throw error
        case .first(let body): await body()
        case nil: break
        }
        try await real.fetch(branch, into: reference, of: repository, patience: patience)
    }

    func push(
        _ commit: ObjectID, of repository: String, to branch: ReferenceName, expecting expected: ObjectID?,
        patience: Patience
    ) async throws(RemoteError) {
        let (fault, isAway) = state.withLock { state in
            state.pushed += 1
            return (state.pushes.isEmpty ? nil : state.pushes.removeFirst(), state.isAway)
        }
        if isAway { throw Self.away }
        switch fault {
        case .away: throw Self.away
        case .pushLost: throw RemoteError(.unknownOutcome, "the connection broke")
        case .error(let error): throw error
        case .first(let body): await body()
        case .answerLost, nil: break
        }
        try await real.push(commit, of: repository, to: branch, expecting: expected, patience: patience)
        if case .answerLost = fault { throw RemoteError(.unknownOutcome, "the connection broke") }
    }

    func branches(patience: Patience) async throws(RemoteError) -> [ReferenceName: ObjectID] {
        try await real.branches(patience: patience)
    }
}

/// A value that several tasks change.
final class Locked<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result>(_ body: (inout sending Value) throws -> sending Result) rethrows -> sending Result {
        try value.withLock(body)
    }
}

/// What an act that was not done says.
func failure(_ body: () async throws -> Void) async -> ActError? {
    do { try await body() } catch { return error as? ActError }
    return nil
}

extension ActError {
    /// The kind of a remote's refusal.
    var remoteKind: RemoteError.Kind? {
        if case .remote(let error) = self { error.kind } else { nil }
    }
}

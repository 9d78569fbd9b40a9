import Forges
import Logging
import Secrets
import Synchronization
import TestSupport

@testable import Service

/// A service that takes webhooks, and counts the looks that they lead to.
struct Receiver: Sendable {
    let folder: TemporaryFolder
    let apps: CountedLooks
    let stack: Stack

    static func run(
        _ change: (inout Stack.Options) -> Void = { _ in }, _ body: @Sendable (Receiver) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let folder = try TemporaryFolder()
        let file = SecretFile(try folder.write(WebhookTests.secret + "\n", to: "secret"), logger: logger)
        let looks = CountedLooks()
        var options = Stack.Options()
        options.hasCluster = false
        options.branch = looks
        options.service.webhooks.secrets = [.github: [file], .gitlab: [file], .gitea: [file], .generic: [file]]
        options.service.webhooks.repository = RemoteRepository(path: "acme/graphs")
        change(&options)
        defer { looks.release() }
        try await Stack.run(options) { stack in
            try await body(Receiver(folder: folder, apps: looks, stack: stack))
        }
    }

    func deliver(_ source: String, _ body: [UInt8], _ headers: [String: String]) async throws -> Answer {
        try await send("POST", "/api/v1/webhooks/\(source)", body: body, headers: headers)
    }

    func send(
        _ method: String, _ path: String, body: [UInt8]? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        try await stack.send(method, path, body: body, headers: headers)
    }
}

/// Somebody who looks at the branch when asked to, and counts.
final class CountedLooks: BranchSource {
    private struct State {
        var looks = 0
        var isHeld = false
        var fails = false
    }

    private let state = Mutex(State())

    var looks: Int { state.withLock(\.looks) }

    func hold() { state.withLock { $0.isHeld = true } }
    func release() { state.withLock { $0.isHeld = false } }
    func fail() { state.withLock { $0.fails = true } }

    func branchMayHaveMoved() async throws {
        let fails = state.withLock { state in
            state.looks += 1
            return state.fails
        }
        while state.withLock(\.isHeld) { try await Task.sleep(for: .milliseconds(2)) }
        if fails { throw TestFailure("the disk is on fire") }
    }
}

private struct TestFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

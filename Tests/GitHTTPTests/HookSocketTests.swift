import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import GitHTTP

/// How hooks ask, and that nobody else does.
@Suite struct HookSocketTests {
    private static func with(_ body: @Sendable (HookSocket) async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let socket = HookSocket(logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await socket.run() }
            try await body(socket)
        }
    }

    /// As a hook does, on a thread of its own.
    private static func ask(_ question: String, _ variables: [String: String]) async -> Result<String?, HookLineError> {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: Result { () throws(HookLineError) in
                        try HookLine.ask(question, environment: variables, patience: 30)
                    })
            }
        }
    }

    private static func asked(_ question: String, _ variables: [String: String]) async throws -> String? {
        try await eventually("the socket is there") {
            if case .failure(let error) = await ask(
                "x", [HookLine.socketVariable: variables[HookLine.socketVariable] ?? "", HookLine.keyVariable: "none"])
            {
                return error.description == "it does not answer"
            }
            return false
        }
        return try await ask(question, variables).get()
    }

    @Test(arguments: [0, 10, 1 << 20]) func aQuestionIsAnswered(_ size: Int) async throws {
        try await Self.with { socket in
            let key = socket.admit { "answer to \($0.count): \($0.prefix(3))" }
            let question = String(repeating: "q", count: size)
            let answer = try await Self.asked(question, socket.variables(key: key))
            #expect(answer == "answer to \(size + 1): \(size == 0 ? "\n" : "qqq")")
        }
    }

    @Test func aKeyIsGoodForOneQuestionOfItsOwnPush() async throws {
        try await Self.with { socket in
            let (one, two, three) = (
                socket.admit { _ in "one" }, socket.admit { _ in "two" }, socket.admit { _ in "three" }
            )
            #expect(Set([one, two, three]).count == 3)
            let second = try await Self.asked("x", socket.variables(key: two))
            #expect(second == "two")
            socket.forget(three)
            for key in [two, three, "", String(repeating: "k", count: 100_000)] {
                let result = await Self.ask("x", socket.variables(key: key))
                #expect(throws: HookLineError.self, "\(key.prefix(80))") { try result.get() }
            }
            let first = try await Self.asked("x", socket.variables(key: one))
            #expect(first == "one")
        }
    }

    @Test func withoutAServiceNobodyIsAsked() throws {
        #expect(try HookLine.ask("x", environment: ["RAMPART_HOOK_KEY": "x"]) == nil)
        let gone = ["RAMPART_HOOK_KEY": "x", "RAMPART_HOOK_SOCKET": "rampart-nobody"]
        let error = #expect(throws: HookLineError.self) { try HookLine.ask("x", environment: gone) }
        #expect(error?.description.contains("cannot connect") == true)
    }

    /// What hooks see is what the service says, whatever the pusher sends along.
    @Test func aPusherCannotSpeakForTheService() async throws {
        let questions = Mutex<[String]>([])
        try await GitServer.run { server in
            try await Command.git("config", "receive.advertisePushOptions", "true", in: server.repository)
            let hook = server.repository + "/hooks/pre-receive"
            try "#!/bin/sh\ncat >/dev/null\nenv >\(server.repository)/seen\n"
                .write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            let work = try await server.work()
            func seen(_ arguments: String...) async throws -> [String: String] {
                try await Command.git("commit", "-q", "--allow-empty", "-m", "x", in: work)
                try await Command.output(
                    "git", arguments + ["push", "-q"] + ["-o", "RAMPART_ADMIN=true", "origin", "HEAD:main"], in: work,
                    environment: Command.gitEnvironment.merging(["RAMPART_ADMIN": "true", "RAMPART_HOOK_KEY": "k"]) {
                        $1
                    })
                var variables: [String: String] = [:]
                for line in try String(contentsOfFile: server.repository + "/seen", encoding: .utf8).split(
                    separator: "\n")
                {
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
                }
                return variables
            }
            let plain = try await seen(
                "-c", "http.extraHeader=RAMPART_ADMIN: true", "-c", "http.extraHeader=Rampart-Hook-Socket: x",
                "-c", "http.extraHeader=Git-Protocol: version=0:RAMPART_ADMIN=true")
            #expect(plain["RAMPART_ADMIN"] == nil && plain["HTTP_RAMPART_ADMIN"] == nil)
            #expect(plain["RAMPART_HOOK_SOCKET"] == nil && plain["RAMPART_HOOK_KEY"] == nil)
            #expect(plain["GIT_PUSH_OPTION_0"] == "RAMPART_ADMIN=true", "which no hook of ours reads")
            #expect(plain["REMOTE_USER"] == "ada")
        }
        let answer: @Sendable (String) async -> String = { question in
            questions.withLock { $0.append(question) }
            return "yes"
        }
        try await GitServer.run(answer: answer) { server in
            let hook = server.repository + "/hooks/pre-receive"
            try "#!/bin/sh\n[ -n \"$RAMPART_HOOK_SOCKET\" ] && [ ${#RAMPART_HOOK_KEY} = 64 ]\n"
                .write(toFile: hook, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: hook)
            try await Command.git("push", "-q", "origin", "HEAD:main", in: try await server.work())
        }
        #expect(questions.withLock { $0 } == [], "only what asks is answered")
    }

    @Test func tooLargeAPackIsRefused() async throws {
        try await GitServer.run(largestPack: 100_000) { server in
            let work = try await server.work(bytes: 200_000)
            let result = try await Command.run(
                "git", ["push", "origin", "HEAD:main"], in: work, environment: Command.gitEnvironment)
            #expect(!result.succeeded && result.errors.contains("exceeds maximum allowed size"), "\(result)")
        }
    }
}

import Foundation
public import Subprocess
import SystemPackage

/// What a program that a test ran has left.
public struct CommandResult: Sendable {
    /// The exit code; 128 + the signal's number where a signal ended it.
    public let code: Int
    public let output: String
    public let errors: String

    public var succeeded: Bool { code == 0 }
}

/// A program that ended otherwise than a test expected.
public struct CommandFailure: Error, CustomStringConvertible {
    public let command: String
    public let result: CommandResult

    public init(command: String, result: CommandResult) {
        self.command = command
        self.result = result
    }

    public var description: String { "\(command): exit \(result.code)\n\(result.output)\(result.errors)" }
}

/// Whether the tests are built with a sanitizer, which takes terabytes of addresses for itself (hack/test --sanitize).
public let isSanitized = ProcessInfo.processInfo.environment["RAMPART_TEST_SANITIZER"] != nil

/// Real programs in tests: `git`, `kubectl`, `python3`.
public enum Command {
    /// Runs a program, by its path or found on the PATH, and waits for its end.
    ///
    /// - Parameters:
    ///   - environment: variables set beside the inherited ones.
    ///   - input: what it reads from standard input.
    public static func run(
        _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        input: String = ""
    ) async throws -> CommandResult {
        _ = ignoresBrokenPipes
        let record = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(variables(environment)),
            workingDirectory: folder.map { FilePath($0) }, input: .inputWriter, output: .string(limit: 64 << 20),
            error: .string(limit: 16 << 20)
        ) { execution in
            // One that ends before it has read all says so by its exit.
            do { _ = try await execution.standardInputWriter.write(input) } catch {}
            do { try await execution.standardInputWriter.finish() } catch {}
        }
        let code: Int
        switch record.terminationStatus {
        case .exited(let status): code = Int(status)
        case .signaled(let signal): code = 128 + Int(signal)
        }
        return CommandResult(code: code, output: record.standardOutput, errors: record.standardError)
    }

    /// Not only in tests that have had a socket.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// What the environment of a program has that a test runs, besides what the tests have.
    ///
    /// A leak checker that looks at the tests is not for the programs they run (hack/leaks), but what
    /// `RAMPART_TEST_PRELOAD` names is (hack/test --sanitize=thread).
    public static func variables(_ own: [String: String]) -> [Subprocess.Environment.Key: String?] {
        let preload = ProcessInfo.processInfo.environment["RAMPART_TEST_PRELOAD"]
        var variables: [Subprocess.Environment.Key: String?] = ["LD_PRELOAD": preload]
        for (name, value) in own { variables[Subprocess.Environment.Key(stringLiteral: name)] = value }
        if let preload, let library = own["LD_PRELOAD"] { variables["LD_PRELOAD"] = "\(library):\(preload)" }
        return variables
    }

    /// Runs a program that has to succeed.
    /// - Returns: its standard output without white space at the end.
    @discardableResult
    public static func output(
        _ program: String, _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
        input: String = ""
    ) async throws -> String {
        let result = try await run(program, arguments, in: folder, environment: environment, input: input)
        guard result.succeeded else {
            throw CommandFailure(command: ([program] + arguments).joined(separator: " "), result: result)
        }
        return String(result.output.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Runs `git` with a fixed identity and without the machine's settings.
    @discardableResult
    public static func git(
        _ arguments: String..., in folder: String, environment: [String: String] = [:], input: String = ""
    ) async throws -> String {
        try await output(
            "git", arguments, in: folder,
            environment: gitEnvironment.merging(environment) { $1 }, input: input)
    }

    /// What makes a `git` run the same on every machine.
    public static let gitEnvironment = [
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
    ]
}

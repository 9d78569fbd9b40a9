import GitProgram
import Glibc
import Subprocess
import SystemPackage

/// Runs git(1) on one repository, behind everything else that wants the processor, unless it has fallen far behind.
struct GitTool: Sendable {
    let program: FilePath
    let repository: String
    let patience: Duration
    /// How much memory it may take for itself, in bytes.
    let memory: Int
    /// From 19, which gets what is left over, to 0, which gets as much as anybody (setpriority(2)).
    var niceness: Int32 = 19

    /// - Returns: nil where there is no program `git` on the PATH.
    static func find(for repository: String, _ options: HousekeepingOptions) -> GitTool? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        for folder in path.split(separator: ":") where folder.hasPrefix("/") && access("\(folder)/git", X_OK) == 0 {
            return GitTool(
                program: FilePath("\(folder)/git"), repository: repository, patience: options.patience,
                memory: options.memory)
        }
        return nil
    }

    /// One thread and little memory: nobody waits for it. What it writes is durable before anything is removed for it.
    private static let settings = [
        ("pack.threads", "1"), ("pack.windowMemory", "32m"), ("pack.deltaCacheSize", "16m"),
        ("core.bigFileThreshold", "16m"), ("core.packedGitLimit", "256m"), ("core.deltaBaseCacheLimit", "32m"),
        ("pack.packSizeLimit", "0"), ("core.fsync", "committed,derived-metadata,reference"),
        ("core.fsyncMethod", "fsync"), ("core.hooksPath", "/dev/null"), ("core.fsmonitor", "false"), ("gc.auto", "0"),
        ("maintenance.auto", "false"),
        // A removal of references waits as long as a push that holds the lock may take.
        ("core.packedRefsTimeout", "10000"), ("core.filesRefLockTimeout", "1000"),
    ]

    /// - Parameter input: what it reads from standard input.
    /// - Returns: what it has written to standard output.
    func run(_ arguments: [String], input: String = "") async throws -> String {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        let environment = GitEnvironment.make(settings: Self.settings, variables: ["GIT_DIR": repository])
        return try await withThrowingTaskGroup(of: String.self) { [options] group in
            group.addTask { try await converse(arguments, input, environment, options) }
            group.addTask {
                try await Task.sleep(for: patience)
                throw HousekeepingFailure("git \(arguments[0]) was not done within \(patience)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ""
        }
    }

    private func converse(
        _ arguments: [String], _ input: String, _ environment: Environment, _ options: PlatformOptions
    ) async throws -> String {
        let command = BoundedCommand(program.string, arguments, memory: memory)
        let record = try await Subprocess.run(
            .path(command.program), arguments: Arguments(command.arguments), environment: environment,
            workingDirectory: "/",
            platformOptions: options, input: .inputWriter, output: .string(limit: 256 << 20),
            error: .string(limit: 4 << 20)
        ) { execution in
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(execution.processIdentifier.value), niceness)
            await Self.send(input, to: execution.standardInputWriter)
        }
        try Task.checkCancellation()
        guard record.terminationStatus.isSuccess else {
            let lines = record.standardError.split(whereSeparator: \.isNewline).suffix(3)
            let said = lines.isEmpty ? "\(record.terminationStatus)" : lines.joined(separator: "; ")
            throw HousekeepingFailure(
                "git \(arguments[0]): \(said)\(BoundedCommand.hint(on: said, memory: memory))")
        }
        return record.standardOutput
    }

    /// To write to who has ended is an error then, not a signal that ends this process (pipe(7)). SwiftNIO does the same in a
    /// process that has sockets; 'rampart maintain' has none.
    private static let ignoresBrokenPipes: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// A git that ends without having read all of it says why by its exit. Given as a string, what cannot be written would end
    /// this process: the library leaves the pipe open then, and takes that for a mistake in the program.
    @inline(never)
    private static func send(_ input: String, to writer: StandardInputWriter) async {
        _ = ignoresBrokenPipes
        do { _ = try await writer.write(input) } catch {}
        do { try await writer.finish() } catch {}
    }
}

import Subprocess
import SystemPackage

/// Programs that run beside a test.
extension Command {
    /// Runs a program while `body` runs, and ends it with SIGTERM.
    ///
    /// - Parameters:
    ///   - log: a file that takes what it writes to standard output and standard error.
    public static func background<Value: Sendable>(
        _ program: String, _ arguments: [String], log: String, environment: [String: String] = [:],
        _ body: @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        let file = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .truncate, .append], permissions: [.ownerReadWrite])
        let second = try file.duplicate()
        // Programs that serve until their standard input closes have one that stays open.
        let outcome = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(variables(environment)), input: .inputWriter,
            output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .fileDescriptor(second, closeAfterSpawningProcess: true)
        ) { execution -> Result<Value, any Error> in
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            try? execution.send(signal: .terminate)
            return result
        }
        return try outcome.closureResult.get()
    }
}

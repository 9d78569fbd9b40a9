import AsyncAlgorithms
import GitProgram
import NIOCore
import Subprocess
import SystemPackage

/// A CGI program that answers one request.
struct CGIProcess: Sendable {
    let program: String
    let arguments: [String]
    let environment: Environment
    let idleTimeout: Duration
    let totalTimeout: Duration
    /// How much memory it and each process that it starts may take for itself, in bytes.
    let memory: Int

    /// What is left when it has ended.
    struct Outcome: Sendable {
        /// Why it did not end well; nil where it did.
        var failure: String?
        /// The first lines of its standard error.
        var errors = ""
    }

    /// Runs the program for an exchange until it ends, until the exchange is ended, or until a timeout.
    ///
    /// It runs in a process group of its own, all of which is ended: SIGTERM, and after two seconds SIGKILL.
    func run(_ exchange: Exchange) async -> Outcome {
        let outcome = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await process(exchange) }
            group.addTask {
                try? await exchange.ending.value()
                return Task.isCancelled ? nil : Outcome(failure: "was ended, as nobody waits for its answer any more")
            }
            group.addTask { await overdue(exchange) }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        let result = outcome ?? Outcome(failure: "was ended with the service")
        let error = CGIError("git http-backend \(result.failure ?? "wrote no head")")
        exchange.beginning.set(.failure(error))
        if result.failure != nil { exchange.output.fail(error) } else { exchange.output.finish() }
        return result
    }

    /// Waits until the process takes too long.
    private func overdue(_ exchange: Exchange) async -> Outcome? {
        let start = ContinuousClock.now
        while true {
            let rest = min(idleTimeout - exchange.silence, start + totalTimeout - .now)
            if rest <= .zero { break }
            do { try await Task.sleep(for: rest) } catch { return nil }
        }
        return Outcome(failure: "was ended, as nothing went in or out for \(exchange.silence)")
    }

    private func process(_ exchange: Exchange) async -> Outcome? {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))
        ]
        do {
            let command = BoundedCommand(program, arguments, memory: memory)
            let record = try await Subprocess.run(
                .path(command.program), arguments: Arguments(command.arguments), environment: environment,
                workingDirectory: "/", platformOptions: options, input: .inputWriter, output: .sequence,
                error: .sequence
            ) { execution in
                try await withThrowingTaskGroup(of: String.self) { group in
                    let errors = execution.standardError
                    group.addTask { try await Self.text(errors) }
                    try await Self.pass(
                        execution.standardOutput, input: execution.standardInputWriter, to: exchange)
                    return try await group.next() ?? ""
                }
            }
            let errors = record.closureResult
            return record.terminationStatus.isSuccess
                ? Outcome(errors: errors)
                : Outcome(failure: "ended with \(record.terminationStatus)", errors: errors)
        } catch {
            return Task.isCancelled ? nil : Outcome(failure: "cannot be run: \(error)")
        }
    }

    /// Passes the output on as it comes.
    private static func pass(
        _ output: SubprocessOutputSequence, input: StandardInputWriter, to exchange: Exchange
    ) async throws {
        var start: [UInt8]? = []
        for try await part in output {
            exchange.moved()
            var buffer = ByteBuffer()
            part.withUnsafeBytes { bytes in
                if start == nil { buffer.writeBytes(bytes) } else { start?.append(contentsOf: bytes) }
            }
            if let bytes = start {
                guard let (head, length) = try CGIHead.read(bytes) else { continue }
                exchange.beginning.set(.success(.init(head: head, input: input)))
                buffer.writeBytes(bytes[length...])
                start = nil
            }
            if buffer.readableBytes > 0 { await exchange.output.send(buffer) }
            try Task.checkCancellation()
        }
    }

    /// The first 4 KiB of what the program complains of.
    private static func text(_ output: SubprocessOutputSequence) async throws -> String {
        var bytes: [UInt8] = []
        for try await part in output where bytes.count < 4_096 {
            part.withUnsafeBytes { bytes.append(contentsOf: $0.prefix(4_096 - bytes.count)) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

import Foundation
import Subprocess
import SystemPackage
import TestSupport

/// A real `rampart serve` in a process of its own, on a data folder of its own.
///
/// It serves the sandbox; where `RAMPART_TEST_KUBECONFIG` names a file, it serves that cluster instead, so that the
/// same tests run against a real API server.
struct RunningService: Sendable {
    /// The base of the REST API, without a slash at the end.
    let api: String
    /// The bare graph repository.
    let repository: String
    let kubeconfig: String
    let processIdentifier: pid_t

    static let foreignKubeconfig = ProcessInfo.processInfo.environment["RAMPART_TEST_KUBECONFIG"]

    /// The `rampart` that was built beside these tests.
    static let program: String = {
        let tests = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = tests.deletingLastPathComponent()
        while folder.path != "/" {
            let candidate = folder.appendingPathComponent("rampart").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder), !isFolder.boolValue {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        return "rampart"
    }()

    /// Runs a service while `body` runs, then ends it with SIGTERM and checks that it ended well.
    ///
    /// - Parameters:
    ///   - data: the folder of its data; it may hold the data of an earlier run.
    ///   - kubeconfig: another cluster than the service's own sandbox.
    ///   - environment: variables that are set for the process.
    ///   - wrapper: a program, its arguments behind it, that becomes the service by execve(2).
    ///   - signal: how it is ended; SIGKILL shows what a crash leaves.
    static func with<Value: Sendable>(
        data: String, kubeconfig: String? = foreignKubeconfig, options: [String] = [],
        environment: [String: String] = [:], through wrapper: [String] = [], endedBy signal: Signal = .terminate,
        _ body: @Sendable @escaping (RunningService) async throws -> Value
    ) async throws -> Value {
        let cluster = kubeconfig.map { ["--kubeconfig", $0] } ?? ["--sandbox"]
        let command = wrapper + [program, "serve", "--data", data, "--listen", "127.0.0.1:0"] + cluster + options
        let log = data + ".log"
        let output = data + ".out"
        let outcome = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
            environment: .inherit.updating(Command.variables(environment)),
            input: .none,
            output: .fileDescriptor(try file(output), closeAfterSpawningProcess: true),
            error: .fileDescriptor(try file(log), closeAfterSpawningProcess: true)
        ) { execution -> Result<Value, any Error> in
            let result: Result<Value, any Error>
            do {
                let api = try await eventually("the service says where its API is") {
                    apiAddress(in: try String(contentsOfFile: output, encoding: .utf8))
                }
                let service = RunningService(
                    api: api, repository: data + "/graphs.git",
                    kubeconfig: kubeconfig ?? data + "/kubeconfig",
                    processIdentifier: execution.processIdentifier.value)
                result = .success(try await body(service))
            } catch {
                result = .failure(error)
            }
            try? execution.send(signal: signal)
            return result
        }
        let value: Value
        do { value = try outcome.closureResult.get() } catch {
            let lines = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw EndToEndFailure("\(error)\n--- log of the service\n\(lines.suffix(8_000))")
        }
        if signal == .terminate, outcome.terminationStatus != .exited(0) {
            throw EndToEndFailure("SIGTERM ended the service with \(outcome.terminationStatus)")
        }
        return value
    }

    /// An empty file, opened for writing.
    private static func file(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
    }

    /// The address on the line that says where the API is, once it is there.
    private static func apiAddress(in output: String) -> String? {
        for line in output.split(separator: "\n") where line.contains("API") {
            guard let range = line.range(of: "http://") else { continue }
            return String(line[range.lowerBound...].prefix { !$0.isWhitespace }.trimmingSuffix { $0 == "/" })
        }
        return nil
    }
}

struct EndToEndFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension StringProtocol {
    func trimmingSuffix(_ drops: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, drops(self[index(before: end)]) { end = index(before: end) }
        return self[startIndex..<end]
    }
}

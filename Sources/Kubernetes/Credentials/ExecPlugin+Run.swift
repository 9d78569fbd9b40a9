import JSONValues
import Secrets
import Subprocess
import SystemPackage

extension ExecPlugin {
    /// What a plugin handed out.
    struct Credential: Sendable {
        var token: Secret?
        var certificate: ClientCertificate?
        /// Seconds since 1970.
        var expires: Double?
    }

    /// Runs the program and reads the `ExecCredential` that it writes.
    func run(timeout: Duration) async throws(CredentialError) -> Credential {
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
        variables["KUBERNETES_EXEC_INFO"] = info.text()
        let executable: Executable = command.contains("/") ? .path(FilePath(command)) : .name(command)
        let environment = Environment.inherit.updating(variables)
        let arguments = Arguments(arguments)
        let output: Ended?
        do {
            output = try await withThrowingTaskGroup(of: Ended?.self) { group in
                group.addTask {
                    var options = PlatformOptions()
                    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
                    let record = try await Subprocess.run(
                        executable, arguments: arguments, environment: environment, platformOptions: options,
                        input: .none, output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
                    return Ended(
                        status: record.terminationStatus, output: record.standardOutput, errors: record.standardError)
                }
                group.addTask {
                    try await Task.sleep(for: timeout)
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        } catch is CancellationError {
            throw CredentialError(description: "the task was cancelled", isCancelled: true)
        } catch {
            throw failed(Task.isCancelled ? "was stopped" : problem(error), isCancelled: Task.isCancelled)
        }
        guard let output else { throw failed("did not end within \(timeout) and was stopped") }
        guard output.status.isSuccess else {
            let said = output.errors.split(whereSeparator: \.isNewline).first.map { ": \($0.prefix(300))" } ?? ""
            throw failed("failed (\(output.status))\(said)")
        }
        return try read(output.output)
    }

    private struct Ended: Sendable {
        var status: TerminationStatus
        var output: String
        var errors: String
    }

    /// What the program is told through the environment.
    private var info: JSON {
        var spec: JSON = ["interactive": false]
        if let clusterInfo { spec["cluster"] = clusterInfo }
        return ["kind": "ExecCredential", "apiVersion": .string(version.rawValue), "spec": spec]
    }

    private func read(_ text: String) throws(CredentialError) -> Credential {
        guard let json = try? JSON(parsing: text), json["kind"]?.string == "ExecCredential" else {
            throw failed("wrote no ExecCredential in JSON to its standard output")
        }
        let said = json["apiVersion"]?.string ?? ""
        guard said == version.rawValue else {
            throw failed(
                "answered in \"\(said)\" where \(version.rawValue) was asked for; set exec.apiVersion to match")
        }
        guard let status = json["status"], status.object != nil else { throw failed("wrote an answer without status") }
        var credential = Credential()
        if let token = status["token"]?.string, !token.isEmpty { credential.token = Secret(token) }
        let certificate = status["clientCertificateData"]?.string ?? ""
        let key = status["clientKeyData"]?.string ?? ""
        guard certificate.isEmpty == key.isEmpty else {
            throw failed("gave a client certificate or its key, but not both")
        }
        if !certificate.isEmpty {
            credential.certificate = ClientCertificate(certificates: certificate, key: Secret(key))
        }
        guard credential.token != nil || credential.certificate != nil else {
            throw failed("gave neither a token nor a client certificate")
        }
        if let expires = status["expirationTimestamp"]?.string {
            guard let time = WallTime.parse(expires) else {
                throw failed("gave an expirationTimestamp that is no RFC 3339 time: \"\(expires)\"")
            }
            credential.expires = time
        }
        return credential
    }

    private func problem(_ error: any Error) -> String {
        if let error = error as? SubprocessError {
            if error.code == .executableNotFound {
                return "is not there or not on the PATH" + (installHint.isEmpty ? "" : ". \(installHint)")
            }
            if error.code == .outputLimitExceeded { return "wrote too much" }
        }
        return "cannot be run: \(error)"
    }

    private func failed(_ what: String, isCancelled: Bool = false) -> CredentialError {
        let place = file.map { "\($0): " } ?? ""
        return CredentialError(
            description: "\(place)the exec plugin \"\(command)\" \(what)", isCancelled: isCancelled)
    }
}

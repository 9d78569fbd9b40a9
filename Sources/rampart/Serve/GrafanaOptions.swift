import ArgumentParser
import Foundation
import Grafana
import Logging
import Secrets
import Sync

/// Where Grafana is and how dashboards are to be.
struct GrafanaOptions: ParsableArguments {
    @OptionGroup var names: DashboardNames

    @Option(
        name: .customLong("grafana-token-file"),
        help: ArgumentHelp(
            "A file with a service account's token, read again as it changes; or GRAFANA_TOKEN in the environment.",
            valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("grafana-user"),
        help: ArgumentHelp("A user instead of a token; GRAFANA_USER in the environment.", valueName: "name"))
    var user: String?

    @Option(
        name: .customLong("grafana-password-file"),
        help: ArgumentHelp(
            "A file with the user's password; or GRAFANA_PASSWORD in the environment.", valueName: "file"))
    var passwordFile: String?

    @Option(
        name: .customLong("grafana-ca"),
        help: ArgumentHelp(
            "Certificates in PEM that Grafana's is signed by, read again as they change; the system's if not given.",
            valueName: "file"))
    var authority: String?

    @Option(
        name: .customLong("grafana-timeout"),
        help: ArgumentHelp("How long Grafana and Prometheus may take to answer.", valueName: "seconds"))
    var timeout = 10.0

    @Option(
        name: .customLong("grafana-datasource"),
        help: ArgumentHelp(
            "Which datasource to ask where Grafana has several of a type (loki, prometheus), by name or uid; repeat.",
            valueName: "type=name"))
    var datasources: [String] = []

    @Flag(name: .customLong("grafana-folders"), help: "A folder for each namespace of apps.")
    var usesFolders = false

    @Option(
        name: .customLong("prometheus-url"),
        help: ArgumentHelp(
            """
            Prometheus, which is asked for the metrics of GPUs; PROMETHEUS_URL in the environment. Without it \
            dashboards have no GPU panels.
            """, valueName: "url"))
    var prometheusURL: String?

    @Option(
        name: .customLong("controller-namespace"),
        help: ArgumentHelp(
            "Where Rampart's controller runs, whose log is shown; RAMPART_CONTROLLER_NAMESPACE.", valueName: "name"))
    var controllerNamespace: String?

    @Option(
        name: .customLong("controller-deployment"),
        help: ArgumentHelp("The controller's Deployment; RAMPART_CONTROLLER_DEPLOYMENT.", valueName: "name"))
    var controllerDeployment: String?

    func validate() throws {
        guard timeout > 0, timeout <= 600 else {
            throw ValidationError("--grafana-timeout has to be more than 0 and at most 600 seconds")
        }
        if tokenFile != nil, user != nil || passwordFile != nil {
            throw ValidationError("--grafana-token-file and --grafana-user exclude each other")
        }
        _ = try chosenDatasources()
        guard let prometheusURL else { return }
        do { _ = try ServerAddress(prometheusURL) } catch {
            throw ValidationError("--prometheus-url: \(error.message)")
        }
    }

    /// How the loop is to work.
    func dashboardOptions() throws -> DashboardOptions {
        var options = DashboardOptions()
        options.ownership = Ownership(tag: names.owner)
        options.usesFolders = usesFolders
        options.datasources = try chosenDatasources()
        if let namespace = controllerNamespace ?? Environment.variable("RAMPART_CONTROLLER_NAMESPACE") {
            options.controller.namespace = namespace
        }
        if let deployment = controllerDeployment ?? Environment.variable("RAMPART_CONTROLLER_DEPLOYMENT") {
            options.controller.deployment = deployment
        }
        return options
    }

    /// Reads what the options and the environment name.
    ///
    /// - Throws: ``Failure`` with the option that is wrong.
    func check(logger: Logger) throws {
        _ = try grafana(logger: logger)
        _ = try prometheus(logger: logger)
    }

    /// Where Grafana is; nil where nobody says.
    func grafana(logger: Logger) throws -> ServerAddress? {
        guard let text = names.address else { return nil }
        var address = try address(text, "--grafana-url or GRAFANA_URL", logger)
        address.credentials = try credentials(logger: logger)
        return address
    }

    /// Where Prometheus is; nil where nobody says.
    func prometheus(logger: Logger) throws -> ServerAddress? {
        guard let text = prometheusURL ?? Environment.variable("PROMETHEUS_URL") else { return nil }
        return try address(text, "--prometheus-url or PROMETHEUS_URL", logger)
    }

    private func address(_ text: String, _ option: String, _ logger: Logger) throws -> ServerAddress {
        var address: ServerAddress
        do { address = try ServerAddress(text) } catch { throw Failure("\(option): \(error.message)") }
        address.timeout = .seconds(timeout)
        if let authority {
            do {
                address.authority = try AuthorityFile(authority, logger: logger)
            } catch {
                throw Failure("--grafana-ca: \(authority) \(error.message)")
            }
        }
        return address
    }

    private func credentials(logger: Logger) throws -> Credentials {
        func secret(_ file: String?, _ variable: String) -> SecretSource? {
            if let file { return .file(SecretFile(file, logger: logger)) }
            return Environment.variable(variable).map { .text(Secret($0)) }
        }
        if user == nil, let token = secret(tokenFile, "GRAFANA_TOKEN") { return .token(token) }
        guard let user = user ?? Environment.variable("GRAFANA_USER") else { return .none }
        guard let password = secret(passwordFile, "GRAFANA_PASSWORD") else {
            throw Failure("the Grafana user \(user) has no password: give --grafana-password-file FILE")
        }
        return .basic(user: user, password: password)
    }

    private func chosenDatasources() throws -> [String: String] {
        var chosen: [String: String] = [:]
        for text in datasources {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, DatasourceChoice.types.contains(parts[0]) else {
                let types = DatasourceChoice.types.joined(separator: " or ")
                throw ValidationError("--grafana-datasource is '\(text)', expected TYPE=NAME with \(types) as TYPE")
            }
            chosen[parts[0]] = parts[1]
        }
        return chosen
    }
}

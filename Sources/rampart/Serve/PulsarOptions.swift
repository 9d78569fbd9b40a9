import ArgumentParser
import Health
import Logging
import Pulsar
import Secrets

/// Where Pulsar is, which says how pulsar flows fare; without it they are unknown.
struct PulsarOptions: ParsableArguments {
    @Option(
        name: .customLong("pulsar-url"),
        help: ArgumentHelp(
            "A broker or a proxy of Pulsar: pulsar://HOST:PORT, or pulsar+ssl://HOST:PORT for TLS.",
            valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("pulsar-token-file"),
        help: ArgumentHelp("A file with the token that Pulsar asks for; read again when it changes.", valueName: "file")
    )
    var tokenFile: String?

    @Option(
        name: .customLong("pulsar-ca"),
        help: ArgumentHelp(
            "The authorities (PEM) that sign the brokers' certificates; the system's if not given.", valueName: "file"))
    var authorityFile: String?

    @Option(
        name: .customLong("pulsar-namespace"),
        help: ArgumentHelp("Where the topics of the checks are, FLOW_healthcheck.", valueName: "tenant/namespace"))
    var namespace = TopicNamespace.usual.description

    @Option(
        name: .customLong("pulsar-timeout"),
        help: ArgumentHelp("Within which a message has to come back for its flow to be normal.", valueName: "seconds"))
    var timeout = 5.0

    mutating func validate() throws {
        guard timeout > 0, timeout <= 300 else {
            throw ValidationError("--pulsar-timeout has to be more than 0 and at most 300 seconds")
        }
        do {
            _ = try TopicNamespace(namespace)
            guard let url else {
                guard tokenFile == nil, authorityFile == nil else {
                    throw ValidationError("--pulsar-token-file and --pulsar-ca go with --pulsar-url URL")
                }
                return
            }
            guard try BrokerAddress(url).usesTLS || authorityFile == nil else {
                throw ValidationError("--pulsar-ca goes with --pulsar-url pulsar+ssl://HOST:PORT")
            }
            // Before anything is opened or set up.
            if authorityFile != nil { _ = try make(logger: Logger(label: "rampart")) }
        } catch let error as ValidationError {
            throw error
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// The client and the check that uses it; nil where no Pulsar is named.
    func make(logger: Logger) throws -> (client: PulsarClient, check: PulsarCheck)? {
        guard let url else { return nil }
        let client = try PulsarClient(
            PulsarClientOptions(
                address: BrokerAddress(url), token: tokenFile.map { SecretFile($0, logger: logger) },
                authorityFile: authorityFile))
        var options = PulsarCheck.Options()
        options.timeout = .seconds(timeout)
        return (client, PulsarCheck(client: client, namespace: try TopicNamespace(namespace), options: options))
    }
}

import NIOCore
import NIOPosix
package import NIOSSL
package import Pulsar
import Synchronization

/// A Pulsar broker in this process: topics in memory, any number of clients, and whatever goes wrong on request.
///
/// The official Python client produces to it and consumes from it, which a test shows; what is tested against it is
/// tested against what that client takes for a broker.
package final class BrokerDouble: Sendable {
    /// What it does otherwise than a broker that is well.
    package struct Faults: Sendable {
        /// Commands that are never answered.
        package var ignores: Set<WireBaseCommand.TypeEnum> = []
        /// A command at which the connection is cut.
        package var cutsAt: WireBaseCommand.TypeEnum?
        /// Whether messages are changed on their way to consumers.
        package var damagesMessages = false
        /// Whether messages are kept and never delivered.
        package var withholdsMessages = false
        /// What is sent instead of an answer to `CONNECT`.
        package var greeting: [UInt8]?
        /// An error that every producer gets.
        package var refusesProducers: WireServerError?

        package init() {}
    }

    /// How a lookup is answered: by default with this broker's own address.
    package struct Referral: Sendable {
        package var response: WireCommandLookupTopicResponse.LookupType
        package var address: String
        package var throughProxy: Bool

        package init(
            _ response: WireCommandLookupTopicResponse.LookupType, address: String, throughProxy: Bool = false
        ) {
            self.response = response
            self.address = address
            self.throughProxy = throughProxy
        }
    }

    let topics = BrokerTopics()
    let connections = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let settings = Mutex(Settings())
    private let server: any Channel
    let usesTLS: Bool

    struct Settings: Sendable {
        var faults = Faults()
        var referrals: [String: Referral] = [:]
        var partitions: [String: UInt32] = [:]
        var token: String?
        var log: [String] = []
        var tokens: [String] = []
        var proxied: [String] = []
    }

    private init(server: any Channel, usesTLS: Bool) {
        self.server = server
        self.usesTLS = usesTLS
    }

    /// Starts a broker on a free port of this machine, lends it, and ends it with all its connections.
    ///
    /// - Parameters:
    ///   - token: what clients have to show; nil lets everybody in.
    ///   - tls: settings of a server that speaks TLS.
    package static func run<Result>(
        token: String? = nil, tls: TLSConfiguration? = nil, port: Int = 0,
        _ body: (BrokerDouble) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let holder = Mutex<BrokerDouble?>(nil)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let broker = holder.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(ByteToMessageHandler(FrameDecoder()))
                    try pipeline.addHandler(BrokerHandler(broker))
                }
            }
        let server = try await bind(bootstrap, port)
        let broker = BrokerDouble(server: server, usesTLS: context != nil)
        broker.settings.withLock { $0.token = token }
        holder.withLock { $0 = broker }
        do {
            let result = try await body(broker)
            await broker.stop()
            return result
        } catch {
            await broker.stop()
            throw error
        }
    }

    /// A port that was free a moment ago may be held for another, by a program that a test beside this one starts.
    private static func bind(_ bootstrap: ServerBootstrap, _ port: Int) async throws -> any Channel {
        for _ in 0..<1_000 where port != 0 {
            if let server = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() { return server }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await bootstrap.bind(host: "127.0.0.1", port: port).get()
    }

    /// Where it listens.
    package var port: Int { server.localAddress?.port ?? 0 }
    /// Its address, by the number of this machine.
    package var url: String { "\(usesTLS ? "pulsar+ssl" : "pulsar")://127.0.0.1:\(port)" }

    /// Listens no more and cuts all connections.
    package func stop() async {
        try? await server.close()
        cutAll()
    }

    /// Cuts all connections.
    package func cutAll() {
        for channel in connections.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }

    // MARK: - How it behaves

    package func set(_ faults: Faults) { settings.withLock { $0.faults = faults } }
    package func set(token: String) { settings.withLock { $0.token = token } }
    package func set(_ referral: Referral, for topic: String) { settings.withLock { $0.referrals[topic] = referral } }
    package func set(partitions: UInt32, of topic: String) { settings.withLock { $0.partitions[topic] = partitions } }

    var behaviour: Settings { settings.withLock { $0 } }

    /// Asks every client who it is, as brokers do when a token is about to expire.
    package func challenge() throws {
        var command = WireBaseCommand()
        command.type = .authChallenge
        command.authChallenge.challenge.authMethodName = "token"
        var bytes = ByteBuffer()
        try Frame(command).write(into: &bytes)
        for channel in connections.withLock({ Array($0.values) }) { channel.writeAndFlush(bytes, promise: nil) }
    }

    /// Sends a ping to every client.
    package func ping() throws {
        var command = WireBaseCommand()
        command.type = .ping
        command.ping = WireCommandPing()
        var bytes = ByteBuffer()
        try Frame(command).write(into: &bytes)
        for channel in connections.withLock({ Array($0.values) }) { channel.writeAndFlush(bytes, promise: nil) }
    }

    // MARK: - What it has seen

    /// The commands that came, one word each, over all connections.
    package var log: [String] { settings.withLock { $0.log } }
    /// The tokens that clients have shown.
    package var tokens: [String] { settings.withLock { $0.tokens } }
    /// The brokers that clients wanted to be connected to.
    package var proxied: [String] { settings.withLock { $0.proxied } }
    /// How many connections there are.
    package var connectionCount: Int { connections.withLock { $0.count } }
    /// The subscriptions of a topic.
    package func subscriptions(of topic: String) -> [String] { topics.subscriptions(of: topic) }
    /// How many producers and consumers there are.
    package var clientCount: Int { topics.clientCount }

    func note(_ command: WireBaseCommand) {
        settings.withLock { settings in
            settings.log.append(command.hasType ? "\(command.type)" : "unknown")
            if command.hasConnect {
                let token = String(decoding: command.connect.authData, as: UTF8.self)
                settings.tokens.append(token)
                if command.connect.hasProxyToBrokerURL { settings.proxied.append(command.connect.proxyToBrokerURL) }
            } else if command.hasAuthResponse {
                settings.tokens.append(String(decoding: command.authResponse.response.authData, as: UTF8.self))
            }
        }
    }
}

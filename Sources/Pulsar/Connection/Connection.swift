import NIOCore
import NIOPosix
import NIOSSL
import Secrets

/// A connection to a broker, or through a proxy to one, over which any number of exchanges go at the same time.
final class Connection: Sendable {
    /// Where it leads, for messages.
    let address: BrokerAddress
    let inbox: Inbox
    private let channel: any Channel

    private init(address: BrokerAddress, inbox: Inbox, channel: any Channel) {
        self.address = address
        self.inbox = inbox
        self.channel = channel
    }

    /// How a connection is made.
    struct Settings: Sendable {
        /// Whom to connect to.
        let address: BrokerAddress
        /// Whom `address`, a proxy, is to connect to.
        let broker: BrokerAddress?
        /// What to say when asked who one is.
        let token: Secret?
        /// What to say when the broker asks again.
        let current: CurrentToken
        let tls: NIOSSLContext?
        let timeout: Duration
    }

    /// Connects, shakes hands, and says who it is: all of it within the timeout.
    static func open(_ settings: Settings) -> EventLoopFuture<Connection> {
        let (inbox, address, timeout) = (Inbox(), settings.address, TimeAmount(settings.timeout))
        return ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(timeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel, settings, inbox) }
            }
            .connect(host: address.host, port: address.port)
            .flatMap { channel in
                let connection = Connection(address: address, inbox: inbox, channel: channel)
                let handshake = inbox.handshake(on: channel.eventLoop)
                let deadline = channel.eventLoop.scheduleTask(in: timeout) {
                    connection.close(PulsarError(.silent, "\(address) does not answer"))
                }
                connection.post(.connect(token: settings.token, broker: settings.broker))
                return handshake.map { connection }.always { result in
                    deadline.cancel()
                    if case .failure = result { connection.close() }
                }
            }
            .flatMapErrorThrowing { throw ConnectionFailure.explain($0, address) }
    }

    private static func addHandlers(to channel: any Channel, _ settings: Settings, _ inbox: Inbox) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls = settings.tls {
            // An address is no name to ask for; it is looked for among the certificate's addresses.
            let host = settings.address.host
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
        }
        try pipeline.addHandler(IdleStateHandler(readTimeout: FrameHandler.silence))
        try pipeline.addHandler(ByteToMessageHandler(FrameDecoder()))
        try pipeline.addHandler(MessageToByteHandler(FrameEncoder()))
        try pipeline.addHandler(
            FrameHandler(inbox: inbox, address: settings.address, token: settings.current))
    }

    /// Whether it can still be used.
    var isOpen: Bool { inbox.ended == nil }

    /// Ends it, and everything that waits for an answer over it.
    func close(_ reason: PulsarError? = nil) {
        inbox.end(reason ?? PulsarError(.lost, "the connection to \(address) was closed"))
        channel.close(promise: nil)
    }

    // MARK: - Exchanges

    /// Sends a command and waits for the answer with its id.
    ///
    /// - Parameter what: what is asked for, for the error.
    /// - Throws: ``PulsarError``, or `CancellationError` where the caller gave up.
    func ask(_ what: String, _ command: (_ request: UInt64) -> WireBaseCommand) async throws -> WireBaseCommand {
        let request = inbox.newID()
        let answer = inbox.answer(to: request, on: channel.eventLoop)
        post(command(request))
        let reply = try await value(of: answer) { inbox in inbox.forget(request: request) }
        if reply.type == .error { throw PulsarError.answer(reply.error.error, reply.error.message, to: what) }
        return reply
    }

    /// Sends a message and waits until the broker has it.
    func send(_ frame: Frame, from producer: UInt64) async throws {
        let receipt = inbox.receipt(for: producer, on: channel.eventLoop)
        post(frame)
        let reply = try await value(of: receipt) { inbox in inbox.forget(producer: producer) }
        if reply.type == .sendError {
            throw PulsarError.answer(reply.sendError.error, reply.sendError.message, to: "a message")
        }
    }

    /// Sends a command that has no answer, or none that anybody waits for.
    func post(_ command: WireBaseCommand) { post(Frame(command)) }

    private func post(_ frame: Frame) {
        let channel = channel
        channel.writeAndFlush(frame).whenFailure { [inbox, address] error in
            inbox.end(ConnectionFailure.explain(error, address))
            channel.close(promise: nil)
        }
    }

    /// Waits for a future, but no longer than the task wants to.
    private func value(
        of future: EventLoopFuture<WireBaseCommand>, giveUp: @escaping @Sendable (Inbox) -> Void
    ) async throws -> WireBaseCommand {
        try await withTaskCancellationHandler {
            try await future.get()
        } onCancel: { [inbox] in
            giveUp(inbox)
        }
    }
}

extension TimeAmount {
    /// Rounded down to nanoseconds, bounded by what fits.
    init(_ duration: Duration) {
        self = .nanoseconds(Int64(min(max(duration / .nanoseconds(1), 0), 1e18)))
    }
}

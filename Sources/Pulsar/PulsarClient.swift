import Foundation
import NIOCore
import NIOSSL
public import Secrets

/// How a client reaches Pulsar.
public struct PulsarClientOptions: Sendable {
    /// A broker or a proxy to begin with; it says which broker serves a topic.
    public var address: BrokerAddress
    /// A file with a token to show, read again for each connection and challenge; nil shows none.
    public var token: SecretFile?
    /// A file with the certificates (PEM) of the authorities to trust; nil trusts those that the system trusts.
    public var authorityFile: String?

    public init(address: BrokerAddress, token: SecretFile? = nil, authorityFile: String? = nil) {
        self.address = address
        self.token = token
        self.authorityFile = authorityFile
    }
}

/// A small client of Pulsar's binary protocol: it tells whether a message gets through a topic.
///
/// All uses share one connection to each broker, which is made when it is needed and made again when it is lost.
/// With TLS, a broker that is only to be had without is not asked.
public final class PulsarClient: Sendable {
    private let options: PulsarClientOptions
    private let token: CurrentToken
    private let tls: NIOSSLContext?
    private let pool = ConnectionPool()
    private static let mostReferrals = 10

    /// - Throws: ``PulsarError`` where the file of authorities cannot be read. Nobody is asked yet.
    public init(_ options: PulsarClientOptions) throws(PulsarError) {
        self.options = options
        token = CurrentToken(options.token)
        guard options.address.usesTLS else {
            tls = nil
            return
        }
        var settings = TLSConfiguration.makeClientConfiguration()
        settings.minimumTLSVersion = .tlsv12
        if let file = options.authorityFile {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(file), !certificates.isEmpty else {
                throw PulsarError(.unreachable, "\(file) holds no certificate in PEM that can be read")
            }
            settings.trustRoots = .certificates(certificates)
        }
        do {
            tls = try NIOSSLContext(configuration: settings)
        } catch {
            throw PulsarError(.unreachable, "TLS cannot be set up: \(error)")
        }
    }

    /// Closes the connections once they are not used any more.
    public func shutdown() { pool.retireAll() }

    /// Sends a message to a topic and waits until it comes back.
    ///
    /// - Parameter timeout: for all of it.
    /// - Throws: ``PulsarError`` with the reason why it did not, or `CancellationError`.
    public func roundTrip(through topic: TopicName, timeout: Duration) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.exchange(topic, timeout)
                return true
            }
            group.addTask {
                try await ContinuousClock().sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else {
                throw PulsarError(.silent, "no message has come back through \(topic) within \(timeout)")
            }
        }
    }

    private func exchange(_ topic: TopicName, _ timeout: Duration) async throws {
        let access = Access(token: try await token.read(), timeout: timeout)
        let begin = ConnectionPool.Place(address: options.address)
        let partitions = try await use(begin, access) { connection in
            let answer = try await connection.ask("the partitions of \(topic)") {
                .partitions(of: topic.description, request: $0)
            }.partitionMetadataResponse
            if answer.response == .failed || answer.hasError {
                throw PulsarError.answer(answer.error, answer.message, to: "the partitions of \(topic)")
            }
            return answer.partitions
        }
        // Of a topic in parts the first stands for all.
        let name = partitions > 0 ? "\(topic)-partition-0" : topic.description
        let place = try await find(name, from: begin, access)
        try await use(place, access) { connection in
            try await connection.roundTrip(through: name, time: UInt64(Date().timeIntervalSince1970 * 1_000))
        }
    }

    /// Asks which broker serves a topic, going from one to the next as they say.
    private func find(
        _ topic: String, from begin: ConnectionPool.Place, _ access: Access
    ) async throws -> ConnectionPool.Place {
        var (place, authoritative) = (begin, false)
        for _ in 0..<Self.mostReferrals {
            let answer = try await use(place, access) { [authoritative] connection in
                try await connection.ask("who serves \(topic)") {
                    .lookup(topic, authoritative: authoritative, request: $0)
                }.lookupTopicResponse
            }
            guard answer.hasResponse, answer.response != .failed else {
                throw PulsarError.answer(answer.error, answer.message, to: "who serves \(topic)")
            }
            place = try self.place(answer, asked: place)
            if answer.response == .connect { return place }
            authoritative = answer.authoritative
        }
        throw PulsarError(.refused, "the brokers send each other around for \(topic)")
    }

    /// Where an answer leads. What is asked over TLS is answered over TLS only.
    private func place(
        _ answer: WireCommandLookupTopicResponse, asked: ConnectionPool.Place
    ) throws(PulsarError) -> ConnectionPool.Place {
        let usesTLS = options.address.usesTLS
        let text = usesTLS ? answer.brokerServiceURLTls : answer.brokerServiceURL
        if text.isEmpty, answer.brokerServiceURL.isEmpty, answer.brokerServiceURLTls.isEmpty { return asked }
        guard let broker = try? BrokerAddress(text), broker.usesTLS == usesTLS else {
            let scheme = usesTLS ? "pulsar+ssl" : "pulsar"
            throw PulsarError(.refused, "the broker that serves the topic has no address of the kind \(scheme)://")
        }
        return answer.proxyThroughServiceURL
            ? ConnectionPool.Place(address: options.address, broker: broker) : ConnectionPool.Place(address: broker)
    }

    private struct Access: Sendable {
        let token: Secret?
        let timeout: Duration
    }

    /// Lends the connection to a place. One over which nothing came while somebody waited in vain is not used again.
    private func use<Result: Sendable>(
        _ place: ConnectionPool.Place, _ access: Access, _ body: @Sendable (Connection) async throws -> Result
    ) async throws -> Result {
        let slot = pool.slot(for: place, token: access.token) {
            Connection.open(
                Connection.Settings(
                    address: place.address, broker: place.broker, token: access.token, current: token, tls: tls,
                    timeout: access.timeout))
        }
        defer { slot.release() }
        let connection: Connection
        do {
            connection = try await slot.value()
        } catch {
            if error is CancellationError { slot.retire() }
            throw error
        }
        let heard = connection.inbox.heard
        do {
            return try await body(connection)
        } catch {
            if error is CancellationError, connection.inbox.heard == heard { slot.retire() }
            throw error
        }
    }
}

import Foundation
import Secrets

/// The commands that a client sends.
extension WireBaseCommand {
    /// What this client says of itself.
    private static let version = "rampart"
    /// The version of the protocol whose commands this client understands.
    private static let protocolVersion: Int32 = 19

    private static func make(
        _ type: WireBaseCommand.TypeEnum, _ fill: (inout WireBaseCommand) -> Void
    ) -> WireBaseCommand {
        var command = WireBaseCommand()
        command.type = type
        fill(&command)
        return command
    }

    static var ping: WireBaseCommand { make(.ping) { $0.ping = WireCommandPing() } }
    static var pong: WireBaseCommand { make(.pong) { $0.pong = WireCommandPong() } }

    /// - Parameter broker: whom a proxy is to connect to.
    static func connect(token: Secret?, broker: BrokerAddress?) -> WireBaseCommand {
        make(.connect) { command in
            command.connect.clientVersion = version
            command.connect.protocolVersion = protocolVersion
            command.connect.featureFlags.supportsAuthRefresh = true
            if let broker { command.connect.proxyToBrokerURL = broker.hostAndPort }
            guard let token else { return }
            command.connect.authMethodName = "token"
            command.connect.authData = Data(token.exposed.utf8)
        }
    }

    static func authResponse(token: Secret) -> WireBaseCommand {
        make(.authResponse) { command in
            command.authResponse.clientVersion = version
            command.authResponse.protocolVersion = protocolVersion
            command.authResponse.response.authMethodName = "token"
            command.authResponse.response.authData = Data(token.exposed.utf8)
        }
    }

    static func partitions(of topic: String, request: UInt64) -> WireBaseCommand {
        make(.partitionedMetadata) { command in
            command.partitionMetadata.topic = topic
            command.partitionMetadata.requestID = request
        }
    }

    static func lookup(_ topic: String, authoritative: Bool, request: UInt64) -> WireBaseCommand {
        make(.lookup) { command in
            command.lookupTopic.topic = topic
            command.lookupTopic.authoritative = authoritative
            command.lookupTopic.requestID = request
        }
    }

    /// A subscription of one consumer that leaves nothing behind when it ends, from now on.
    static func subscribe(
        _ topic: String, subscription: String, consumer: UInt64, request: UInt64
    ) -> WireBaseCommand {
        make(.subscribe) { command in
            command.subscribe.topic = topic
            command.subscribe.subscription = subscription
            command.subscribe.subType = .exclusive
            command.subscribe.durable = false
            command.subscribe.initialPosition = .latest
            command.subscribe.consumerID = consumer
            command.subscribe.requestID = request
        }
    }

    static func flow(_ permits: UInt32, consumer: UInt64) -> WireBaseCommand {
        make(.flow) { command in
            command.flow.consumerID = consumer
            command.flow.messagePermits = permits
        }
    }

    static func ack(
        _ message: WireMessageIdData, consumer: UInt64, error: WireCommandAck.ValidationError? = nil
    ) -> WireBaseCommand {
        make(.ack) { command in
            command.ack.consumerID = consumer
            command.ack.ackType = .individual
            command.ack.messageID = [message]
            if let error { command.ack.validationError = error }
        }
    }

    static func producer(_ topic: String, producer: UInt64, request: UInt64) -> WireBaseCommand {
        make(.producer) { command in
            command.producer.topic = topic
            command.producer.producerID = producer
            command.producer.requestID = request
            command.producer.userProvidedProducerName = false
        }
    }

    static func send(producer: UInt64, sequence: UInt64) -> WireBaseCommand {
        make(.send) { command in
            command.send.producerID = producer
            command.send.sequenceID = sequence
        }
    }

    static func close(producer: UInt64, request: UInt64) -> WireBaseCommand {
        make(.closeProducer) { command in
            command.closeProducer.producerID = producer
            command.closeProducer.requestID = request
        }
    }

    static func close(consumer: UInt64, request: UInt64) -> WireBaseCommand {
        make(.closeConsumer) { command in
            command.closeConsumer.consumerID = consumer
            command.closeConsumer.requestID = request
        }
    }
}

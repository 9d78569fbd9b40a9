import NIOCore
import Pulsar
import Synchronization

/// One client of the broker double.
final class BrokerHandler: ChannelInboundHandler {
    typealias InboundIn = Frame
    typealias OutboundOut = ByteBuffer

    private let broker: BrokerDouble
    private var identity: ObjectIdentifier { ObjectIdentifier(self) }

    init(_ broker: BrokerDouble) { self.broker = broker }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        broker.connections.withLock { $0[identity] = channel }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        broker.connections.withLock { $0[identity] = nil }
        broker.topics.remove(connection: identity)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        let command = frame.command
        broker.note(command)
        let faults = broker.behaviour.faults
        guard command.hasType, !faults.ignores.contains(command.type) else { return }
        if faults.cutsAt == command.type { return context.close(promise: nil) }
        switch command.type {
        case .connect, .authResponse: greet(command, faults, context)
        case .ping: reply(context, .pong) { $0.pong = WireCommandPong() }
        case .partitionedMetadata:
            let partitions = broker.behaviour.partitions[command.partitionMetadata.topic] ?? 0
            reply(context, .partitionedMetadataResponse) {
                $0.partitionMetadataResponse.requestID = command.partitionMetadata.requestID
                $0.partitionMetadataResponse.partitions = partitions
                $0.partitionMetadataResponse.response = .success
            }
        case .lookup: lookup(command.lookupTopic, context)
        case .producer: produce(command.producer, faults, context)
        case .send: take(frame, faults, context)
        case .subscribe: subscribe(command.subscribe, context)
        case .flow:
            broker.topics.permit(command.flow.messagePermits, to: key(command.flow.consumerID))
            deliver(faults)
        case .ack:
            guard command.ack.hasRequestID else { return }
            reply(context, .ackResponse) {
                $0.ackResponse.consumerID = command.ack.consumerID
                $0.ackResponse.requestID = command.ack.requestID
            }
        case .closeProducer:
            broker.topics.remove(producer: key(command.closeProducer.producerID))
            succeed(command.closeProducer.requestID, context)
        case .closeConsumer:
            broker.topics.remove(consumer: key(command.closeConsumer.consumerID))
            succeed(command.closeConsumer.requestID, context)
        case .unsubscribe:
            broker.topics.remove(consumer: key(command.unsubscribe.consumerID), unsubscribes: true)
            succeed(command.unsubscribe.requestID, context)
        default: break
        }
    }

    private func key(_ id: UInt64) -> BrokerTopics.ConsumerKey { .init(connection: identity, id: id) }

    private func greet(_ command: WireBaseCommand, _ faults: BrokerDouble.Faults, _ context: ChannelHandlerContext) {
        if let greeting = faults.greeting {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: greeting)), promise: nil)
            return
        }
        let shown = command.type == .connect ? command.connect.authData : command.authResponse.response.authData
        if let token = broker.behaviour.token, Array(shown) != Array(token.utf8) {
            refuse(.max, .authenticationError, "Failed to authenticate", context)
            return context.close(promise: nil)
        }
        guard command.type == .connect else { return }
        reply(context, .connected) {
            $0.connected.serverVersion = "double"
            $0.connected.protocolVersion = 19
            $0.connected.maxMessageSize = 5 << 20
        }
    }

    private func lookup(_ command: WireCommandLookupTopic, _ context: ChannelHandlerContext) {
        let referral = broker.behaviour.referrals[command.topic]
        reply(context, .lookupResponse) {
            $0.lookupTopicResponse.requestID = command.requestID
            $0.lookupTopicResponse.response = referral?.response ?? .connect
            $0.lookupTopicResponse.authoritative = true
            let address = referral?.address ?? broker.url
            if address.hasPrefix("pulsar+ssl:") {
                $0.lookupTopicResponse.brokerServiceURLTls = address
            } else {
                $0.lookupTopicResponse.brokerServiceURL = address
            }
            $0.lookupTopicResponse.proxyThroughServiceURL = referral?.throughProxy ?? false
            if referral?.response == .failed {
                $0.lookupTopicResponse.error = .topicNotFound
                $0.lookupTopicResponse.message = "no such topic"
            }
        }
    }

    private func produce(
        _ command: WireCommandProducer, _ faults: BrokerDouble.Faults, _ context: ChannelHandlerContext
    ) {
        if let error = faults.refusesProducers {
            return refuse(command.requestID, error, "not for\nyou", context)
        }
        broker.topics.add(producer: key(command.producerID), to: command.topic)
        reply(context, .producerSuccess) {
            $0.producerSuccess.requestID = command.requestID
            $0.producerSuccess.producerName =
                command.hasProducerName ? command.producerName : "double-\(command.producerID)"
        }
    }

    private func take(_ frame: Frame, _ faults: BrokerDouble.Faults, _ context: ChannelHandlerContext) {
        let send = frame.command.send
        guard case .message(let metadata, let payload) = frame.content else {
            return reply(context, .sendError) {
                $0.sendError.producerID = send.producerID
                $0.sendError.sequenceID = send.sequenceID
                $0.sendError.error = .checksumError
                $0.sendError.message = "checksum failed"
            }
        }
        let message = BrokerTopics.Message(metadata: metadata, payload: payload)
        guard let entry = broker.topics.append(message, from: key(send.producerID)) else { return }
        reply(context, .sendReceipt) {
            $0.sendReceipt.producerID = send.producerID
            $0.sendReceipt.sequenceID = send.sequenceID
            $0.sendReceipt.messageID.ledgerID = 1
            $0.sendReceipt.messageID.entryID = UInt64(entry)
        }
        deliver(faults)
    }

    private func subscribe(_ command: WireCommandSubscribe, _ context: ChannelHandlerContext) {
        guard broker.topics.subscribe(command, as: key(command.consumerID), over: context.channel) else {
            return refuse(command.requestID, .consumerBusy, "Exclusive consumer is already connected", context)
        }
        succeed(command.requestID, context)
    }

    private func deliver(_ faults: BrokerDouble.Faults) {
        guard !faults.withholdsMessages else { return }
        for (channel, frame) in broker.topics.deliveries() {
            var bytes = ByteBuffer()
            guard (try? frame.write(into: &bytes)) != nil else { continue }
            if faults.damagesMessages {
                let last = bytes.writerIndex - 1
                bytes.setInteger((bytes.getInteger(at: last, as: UInt8.self) ?? 0) ^ 1, at: last)
            }
            channel.writeAndFlush(bytes, promise: nil)
        }
    }

    // MARK: - Answers

    private func succeed(_ request: UInt64, _ context: ChannelHandlerContext) {
        reply(context, .success) { $0.success.requestID = request }
    }

    private func refuse(
        _ request: UInt64, _ error: WireServerError, _ message: String, _ context: ChannelHandlerContext
    ) {
        reply(context, .error) {
            $0.error.requestID = request
            $0.error.error = error
            $0.error.message = message
        }
    }

    private func reply(
        _ context: ChannelHandlerContext, _ type: WireBaseCommand.TypeEnum, _ fill: (inout WireBaseCommand) -> Void
    ) {
        var command = WireBaseCommand()
        command.type = type
        fill(&command)
        var bytes = ByteBuffer()
        guard (try? Frame(command).write(into: &bytes)) != nil else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}

import NIOCore

extension Connection {
    /// What the message of a check says. The Python service sent the same.
    static let text = "Healthcheck"
    /// Marks the messages of one check, so that it is not content with those of another.
    static let property = "rampart-check"
    private static let permits: UInt32 = 32

    /// Sends a message to a topic that this broker serves, and waits until it comes back.
    ///
    /// A consumer of its own waits from before the message is sent. It and the producer are gone afterwards, however
    /// this ends, and so is the subscription.
    ///
    /// - Parameter time: milliseconds since 1970, what the message says of when it was sent.
    func roundTrip(through topic: String, time: UInt64) async throws {
        let mark = String(UInt64.random(in: .min ... .max), radix: 36)
        let (consumer, producer) = (inbox.newID(), inbox.newID())
        let messages = inbox.messages(for: consumer)
        defer {
            inbox.forget(consumer: consumer)
            inbox.forget(producer: producer)
            if isOpen {
                post(.close(producer: producer, request: inbox.newID()))
                post(.close(consumer: consumer, request: inbox.newID()))
            }
        }
        _ = try await ask("a subscription of \(topic)") {
            .subscribe(topic, subscription: "healthcheck-\(mark)", consumer: consumer, request: $0)
        }
        post(.flow(Self.permits, consumer: consumer))
        let made = try await ask("a producer for \(topic)") { .producer(topic, producer: producer, request: $0) }

        var metadata = WireMessageMetadata()
        metadata.producerName = made.producerSuccess.producerName
        metadata.sequenceID = 0
        metadata.publishTime = time
        var property = WireKeyValue()
        (property.key, property.value) = (Self.property, mark)
        metadata.properties = [property]
        let content = Frame.Content.message(metadata: metadata, payload: ByteBuffer(string: Self.text))
        try await send(Frame(.send(producer: producer, sequence: 0), content: content), from: producer)

        for try await frame in messages {
            let id = frame.command.message.messageID
            switch frame.content {
            case .message(let metadata, let payload):
                post(.ack(id, consumer: consumer))
                if metadata.properties.contains(where: { $0.key == Self.property && $0.value == mark }) {
                    guard payload == ByteBuffer(string: Self.text) else {
                        throw PulsarError(.damaged, "a message through \(topic) says something else than was sent")
                    }
                    return
                }
                post(.flow(1, consumer: consumer))
            case .damaged(let why):
                post(.ack(id, consumer: consumer, error: .checksumMismatch))
                throw PulsarError(.damaged, "a message through \(topic) came back damaged: \(why)")
            case nil: throw PulsarError(.damaged, "a message through \(topic) came back without content")
            }
        }
        // The stream ends without an error only where the caller gave up.
        throw CancellationError()
    }
}

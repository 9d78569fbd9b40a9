import NIOCore
import Pulsar
import Synchronization

/// The topics of the broker double: what was sent, and how far each subscription has got.
final class BrokerTopics: Sendable {
    struct Message: Sendable {
        let metadata: WireMessageMetadata
        let payload: ByteBuffer
    }

    /// A consumer, known by its connection and its id there.
    struct ConsumerKey: Hashable, Sendable {
        let connection: ObjectIdentifier
        let id: UInt64
    }

    private struct Consumer {
        let channel: any Channel
        let topic: String
        let subscription: String
        var permits: UInt32 = 0
    }

    private struct Subscription {
        var next: Int
        let durable: Bool
        let exclusive: Bool
        var consumers: [ConsumerKey] = []
    }

    private struct Topic {
        var messages: [Message] = []
        var subscriptions: [String: Subscription] = [:]
    }

    private struct State {
        var topics: [String: Topic] = [:]
        var consumers: [ConsumerKey: Consumer] = [:]
        var producers: [ConsumerKey: String] = [:]
    }

    private let state = Mutex(State())

    func subscriptions(of topic: String) -> [String] {
        state.withLock { $0.topics[topic]?.subscriptions.keys.sorted() ?? [] }
    }

    var clientCount: Int { state.withLock { $0.consumers.count + $0.producers.count } }

    func add(producer key: ConsumerKey, to topic: String) { state.withLock { $0.producers[key] = topic } }
    func remove(producer key: ConsumerKey) { state.withLock { $0.producers[key] = nil } }

    /// - Returns: false where another consumer has the subscription for itself.
    func subscribe(_ command: WireCommandSubscribe, as key: ConsumerKey, over channel: any Channel) -> Bool {
        state.withLock { state in
            var topic = state.topics[command.topic, default: Topic()]
            var subscription =
                topic.subscriptions[command.subscription]
                ?? Subscription(
                    next: command.initialPosition == .earliest ? 0 : topic.messages.count, durable: command.durable,
                    exclusive: command.subType == .exclusive)
            guard !subscription.exclusive || subscription.consumers.isEmpty else { return false }
            subscription.consumers.append(key)
            topic.subscriptions[command.subscription] = subscription
            state.topics[command.topic] = topic
            state.consumers[key] = Consumer(
                channel: channel, topic: command.topic, subscription: command.subscription)
            return true
        }
    }

    func remove(consumer key: ConsumerKey, unsubscribes: Bool = false) {
        state.withLock { state in
            guard let consumer = state.consumers.removeValue(forKey: key),
                var subscription = state.topics[consumer.topic]?.subscriptions[consumer.subscription]
            else { return }
            subscription.consumers.removeAll { $0 == key }
            let goes = unsubscribes || (!subscription.durable && subscription.consumers.isEmpty)
            state.topics[consumer.topic]?.subscriptions[consumer.subscription] = goes ? nil : subscription
        }
    }

    /// Forgets everything of a connection.
    func remove(connection: ObjectIdentifier) {
        let consumers = state.withLock { state in
            for key in state.producers.keys where key.connection == connection { state.producers[key] = nil }
            return state.consumers.keys.filter { $0.connection == connection }
        }
        for key in consumers { remove(consumer: key) }
    }

    /// - Returns: the number of the message; nil where there is no such producer.
    func append(_ message: Message, from producer: ConsumerKey) -> Int? {
        state.withLock { state in
            guard let topic = state.producers[producer] else { return nil }
            state.topics[topic, default: Topic()].messages.append(message)
            return (state.topics[topic]?.messages.count ?? 1) - 1
        }
    }

    func permit(_ permits: UInt32, to key: ConsumerKey) {
        state.withLock { $0.consumers[key]?.permits += permits }
    }

    /// What can be delivered now; it counts as delivered.
    func deliveries() -> [(channel: any Channel, frame: Frame)] {
        state.withLock { state in
            var deliveries: [(any Channel, Frame)] = []
            for (key, consumer) in state.consumers {
                while let permits = state.consumers[key]?.permits, permits > 0,
                    let next = state.topics[consumer.topic]?.subscriptions[consumer.subscription]?.next,
                    let messages = state.topics[consumer.topic]?.messages, next < messages.count
                {
                    let count = UInt32(max(messages[next].metadata.numMessagesInBatch, 1))
                    state.consumers[key]?.permits -= min(count, permits)
                    state.topics[consumer.topic]?.subscriptions[consumer.subscription]?.next += 1
                    var command = WireBaseCommand()
                    command.type = .message
                    command.message.consumerID = key.id
                    command.message.messageID.ledgerID = 1
                    command.message.messageID.entryID = UInt64(next)
                    let content = Frame.Content.message(
                        metadata: messages[next].metadata, payload: messages[next].payload)
                    deliveries.append((consumer.channel, Frame(command, content: content)))
                }
            }
            return deliveries
        }
    }
}

import NIOCore
import Secrets
import Synchronization

/// The connections of a client, one to each place, shared by all who need it.
final class ConnectionPool: Sendable {
    /// Where a connection leads.
    struct Place: Hashable, Sendable {
        let address: BrokerAddress
        /// The broker behind it, where it is a proxy.
        var broker: BrokerAddress?
    }

    /// A connection, or one that is being made. It is closed when it is retired and nobody uses it any more.
    final class Slot: Sendable {
        private struct State {
            var users = 0
            var isRetired = false
            var hasFailed = false
            var connection: Connection?
        }

        let token: Secret?
        let connection: EventLoopFuture<Connection>
        private let state = Mutex(State())

        init(token: Secret?, connection: EventLoopFuture<Connection>) {
            self.token = token
            self.connection = connection
            connection.whenComplete { result in
                let closes = self.state.withLock { state -> Connection? in
                    switch result {
                    case .success(let connection):
                        state.connection = connection
                        return state.isRetired && state.users == 0 ? connection : nil
                    case .failure:
                        state.hasFailed = true
                        return nil
                    }
                }
                closes?.close()
            }
        }

        /// Whether it may be used again with this token; counts the use.
        func use(with token: Secret?) -> Bool {
            state.withLock { state in
                guard self.token == token, !state.isRetired, !state.hasFailed, state.connection?.isOpen != false else {
                    return false
                }
                state.users += 1
                return true
            }
        }

        /// Waits for the connection, but no longer than the task wants to: others may go on waiting.
        func value() async throws -> Connection {
            let promise = connection.eventLoop.makePromise(of: Connection.self)
            connection.cascade(to: promise)
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                promise.fail(CancellationError())
            }
        }

        func release() { change { $0.users -= 1 } }

        /// Lets nobody new use it.
        func retire() { change { $0.isRetired = true } }

        private func change(_ body: (inout State) -> Void) {
            let closes = state.withLock { state -> Connection? in
                body(&state)
                return state.isRetired && state.users == 0 ? state.connection : nil
            }
            closes?.close()
        }
    }

    private let slots = Mutex<[Place: Slot]>([:])
    /// More places than any cluster has brokers; those named by a broker out of its mind are not all kept.
    private static let mostPlaces = 256

    /// The connection to a place, made where there is none that is well and was opened with the same token.
    /// Release it afterwards.
    func slot(for place: Place, token: Secret?, open: () -> EventLoopFuture<Connection>) -> Slot {
        let (slot, retired) = slots.withLock { slots -> (Slot, [Slot]) in
            if let slot = slots[place], slot.use(with: token) { return (slot, []) }
            var retired = slots[place].map { [$0] } ?? []
            if slots.count >= Self.mostPlaces {
                retired = Array(slots.values)
                slots = [:]
            }
            let slot = Slot(token: token, connection: open())
            _ = slot.use(with: token)
            slots[place] = slot
            return (slot, retired)
        }
        for slot in retired { slot.retire() }
        return slot
    }

    /// Closes each connection as soon as nobody uses it.
    func retireAll() {
        let all = slots.withLock { slots in
            defer { slots = [:] }
            return Array(slots.values)
        }
        for slot in all { slot.retire() }
    }
}

import NIOCore
import Synchronization

/// Counts the connections of each client, so that one alone cannot take all that there may be.
final class ConnectionPlaces: Sendable {
    private let open = Mutex<[String: Int]>([:])
    private let limit: Int

    /// - Parameter limit: how many one client may have.
    init(limit: Int) { self.limit = limit }

    /// Counts a connection until it closes.
    ///
    /// - Returns: false where its client has as many as it may have.
    func take(_ channel: any Channel) -> Bool {
        let client = ClientKey.of(channel.remoteAddress?.ipAddress ?? "")
        let isFree = open.withLock { open in
            let count = open[client] ?? 0
            guard count < limit else { return false }
            open[client] = count + 1
            return true
        }
        if isFree { channel.closeFuture.whenComplete { _ in self.leave(client) } }
        return isFree
    }

    private func leave(_ client: String) {
        open.withLock { open in
            let count = (open[client] ?? 1) - 1
            open[client] = count == 0 ? nil : count
        }
    }
}

/// The client has as many connections as it may have.
struct TooManyConnections: Error {}

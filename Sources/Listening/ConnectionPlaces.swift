import NIOCore
import Synchronization

/// Counts the connections of each client, so that neither one alone nor a few together can take all that there may be.
final class ConnectionPlaces: Sendable {
    private struct Open {
        var all = 0
        var ofOne: [String: Int] = [:]
    }

    private let open = Mutex(Open())
    private let limits: ListenerLimits

    /// - Parameter limits: how many one client may have, and how many are kept for those that have few.
    init(_ limits: ListenerLimits) { self.limits = limits }

    /// Counts a connection until it closes.
    ///
    /// - Returns: false where its client has as many as it may have, or may have no more while so many are open.
    func take(_ channel: any Channel) -> Bool {
        let client = ClientKey.of(channel.remoteAddress?.ipAddress ?? "")
        let isFree = open.withLock { open in
            let count = open.ofOne[client] ?? 0
            let isOpenToAll = open.all < limits.connections - limits.connectionsForFew
            guard count < limits.connectionsOfOne, isOpenToAll || count < limits.few else { return false }
            open.all += 1
            open.ofOne[client] = count + 1
            return true
        }
        if isFree { channel.closeFuture.whenComplete { _ in self.leave(client) } }
        return isFree
    }

    private func leave(_ client: String) {
        open.withLock { open in
            let count = (open.ofOne[client] ?? 1) - 1
            open.all -= 1
            open.ofOne[client] = count == 0 ? nil : count
        }
    }
}

/// The client has as many connections as it may have.
struct TooManyConnections: Error {}

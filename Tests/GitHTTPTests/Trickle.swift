import Foundation
import NIOCore
import NIOPosix

/// A client that sends its body a byte at a time.
enum Trickle {
    /// - Returns: what came until the other end closed; nil where it has not within a minute.
    static func send(to url: String, every pause: Duration) async throws -> String? {
        guard let parts = URLComponents(string: url), let port = parts.port else { return nil }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    var text = ""
                    do { for try await part in inbound { text += String(buffer: part) } } catch {}
                    return text
                }
                group.addTask {
                    let head =
                        "POST \(parts.path) HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 100000\r\n\r\n"
                    try? await outbound.write(ByteBuffer(string: head + "fff0"))  // a line of 64 KiB
                    let end = ContinuousClock.now + .seconds(60)
                    while ContinuousClock.now < end {
                        try? await outbound.write(ByteBuffer(string: "x"))
                        try await Task.sleep(for: pause)
                    }
                    return nil
                }
                defer { group.cancelAll() }
                return try await group.next() ?? nil
            }
        }
    }
}

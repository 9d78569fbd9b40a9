import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Where the hooks of git's that wait for a push ask this process what they cannot know themselves.
///
/// An abstract socket of this machine (unix(7)): it leaves no file behind and needs no folder that may be written to. It
/// has a name that nobody can guess, and answers only processes of the same user that show the key of a push that is
/// going on; each key is good for one question.
final class HookSocket: Sendable {
    /// Makes an answer of a question; both are one line.
    typealias Answer = @Sendable (String) async -> String

    /// Without the NUL that stands before it.
    let name = "rampart-" + random()
    private let open = Mutex<[String: Answer]>([:])
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Lets the hooks of one push ask.
    ///
    /// - Returns: the key, to be forgotten when the push has ended.
    func admit(_ answer: @escaping Answer) -> String {
        let key = Self.random()
        open.withLock { $0[key] = answer }
        return key
    }

    func forget(_ key: String) { open.withLock { $0[key] = nil } }

    /// The variables that tell a hook where to ask.
    func variables(key: String) -> [String: String] {
        [HookLine.socketVariable: name, HookLine.keyVariable: key]
    }

    private static func random() -> String {
        (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    /// Answers until it is cancelled.
    func run() async {
        do {
            try await serve()
        } catch is CancellationError {
            return
        } catch {
            logger.error("the hooks of pushes cannot be answered; pushes are refused", metadata: ["error": "\(error)"])
        }
    }

    private func serve() async throws {
        let socket = try AbstractSocket.listening(name)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        try await withThrowingDiscardingTaskGroup { group in
            try await server.executeThenClose { clients in
                for try await client in clients { group.addTask { await self.answer(client) } }
            }
        }
    }

    private func answer(_ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        guard await Self.isOurs(client.channel) else {
            try? await client.channel.close()
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await client.executeThenClose { input, output in
                    guard let answer = try await self.answer(input) else { return }
                    try await output.write(ByteBuffer(string: answer + "\n"))
                    output.finish()
                }
            }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    /// `struct ucred` of unix(7), which Glibc shows only to C.
    private struct PeerCredentials: Sendable {
        let process: pid_t
        let user: uid_t
        let group: gid_t
    }

    /// Whether the process at the other end is of the same user.
    private static func isOurs(_ channel: any Channel) async -> Bool {
        guard let options = channel as? any SocketOptionProvider else { return false }
        let peer: PeerCredentials? = try? await options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        ).get()
        return peer?.user == geteuid()
    }

    /// How long a hook may take to ask, and to be answered.
    private static let patience: Duration = .seconds(90)
    private static let longestKey = 128
    private static let longestQuestion = 64 << 20

    /// Reads a key and a question, a line each; what shows no good key is not read further.
    private func answer(_ input: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String? {
        var text = ByteBuffer()
        var answer: Answer?
        for try await part in input {
            text.writeImmutableBuffer(part)
            if answer == nil {
                guard let length = text.readableBytesView.firstIndex(of: 0x0A) else {
                    if text.readableBytes > Self.longestKey { return nil }
                    continue
                }
                let key = text.readString(length: length - text.readerIndex) ?? ""
                answer = open.withLock { $0.removeValue(forKey: key) }
                if answer == nil { return nil }
                text.moveReaderIndex(forwardBy: 1)
            }
            if text.readableBytesView.last == 0x0A { break }
            if text.readableBytes > Self.longestQuestion { return nil }
        }
        guard let answer else { return nil }
        return await answer(String(buffer: text))
    }
}

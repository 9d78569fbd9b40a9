import NIOCore

/// Lets the kernel find out that the other end has gone without a word, within about a minute.
enum KeepAlive {
    @Sendable static func enable(_ channel: any Channel) -> EventLoopFuture<Void> {
        // Options that a channel does not know (one inside of another) are not worth failing a connection.
        let options: [(ChannelOptions.Types.SocketOption, ChannelOptions.Types.SocketOption.Value)] = [
            (ChannelOptions.socketOption(.so_keepalive), 1),
            (ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: Linux.keepIdle)), 30),
            (ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: Linux.keepInterval)), 10),
            (ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: Linux.keepCount)), 3),
            (ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: Linux.userTimeout)), 45_000),
        ]
        return options.reduce(channel.eventLoop.makeSucceededVoidFuture()) { future, option in
            future.flatMap { channel.setOption(option.0, value: option.1) }.recover { _ in }
        }
    }

    /// Numbers of `netinet/tcp.h`, the same on every Linux.
    private enum Linux {
        static let keepIdle: CInt = 4
        static let keepInterval: CInt = 5
        static let keepCount: CInt = 6
        static let userTimeout: CInt = 18
    }
}

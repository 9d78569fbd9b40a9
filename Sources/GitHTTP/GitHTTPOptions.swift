/// What git over HTTP serves, and how much of it at once.
public struct GitHTTPOptions: Sendable {
    /// The absolute path of the bare repository.
    public var repository: String
    /// How many processes of git run at the same time.
    public var processes = 8
    /// How many of these may run for one caller.
    public var processesOfOne = 4
    /// How long a request waits for its turn before it is told to come back later.
    public var patience: Duration = .seconds(20)
    /// How long nothing may go in or out before the process is ended; git says something every five seconds.
    public var idleTimeout: Duration = .seconds(60)
    /// How many bytes of a body have to come in that time, unless it ends: a byte now and then is nothing.
    public var slowestBody = 64 << 10
    /// How much memory each process may take for itself, in bytes: a small pack can hold objects of any size, and a clone takes
    /// the more the longer the history is.
    public var memory = 512 << 20
    /// The same, at most, in a push whose pack is limited too (``Pusher/largestPack``).
    public var memoryOfLimited = 128 << 20
    /// How long one request may take in all.
    public var totalTimeout: Duration = .seconds(3_600)
    /// The program, by its path or found on the PATH.
    public var program = "git"

    /// - Parameter repository: the absolute path of the bare repository.
    public init(repository: String) { self.repository = repository }
}

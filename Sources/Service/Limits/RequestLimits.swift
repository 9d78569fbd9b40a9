/// What one client, and all together, may ask of the service.
public struct RequestLimits: Sendable {
    /// How many requests may be on their way at a time; more get a 503. Probes and metrics are not among them.
    public var inFlight = 1_024
    /// How many of these may come from one address, or one network of IPv6. Where nobody is asked, this machine is not
    /// counted.
    public var inFlightOfOne = 256
    /// How many deliveries of webhooks may be on their way, which are not among those above: whose they are is known only
    /// when all of their body is there.
    public var webhooks = 64
    /// How many of these may come from one address.
    public var webhooksOfOne = 16
    /// How many bytes the bodies of all requests on their way may have together; more get a 503.
    public var bodies = 64 << 20
    /// How many of these may be one caller's, or one address's where nobody is asked.
    public var bodiesOfOne = 16 << 20
    /// How many requests a second each caller may send, or each address where nobody is asked; nil is no limit. Where
    /// nobody is asked, this machine is not counted.
    public var rate: Double? = 200
    /// How many more than that at once, after a pause.
    public var burst: Double = 400
    /// The longest path with its query, in bytes; longer ones get a 414.
    public var url = 8 << 10

    /// How many streams of events may be open; more get a 503. They are no requests on their way.
    public var streams = 512
    /// How many of these one caller may have, or one address where nobody is asked.
    public var streamsOfOne = 64
    /// How long a stream of events may be silent before a comment is sent.
    public var keepAlive: Duration = .seconds(15)
    /// After this time a caller that was asked who it is has to come back and be asked again.
    public var longestStream: Duration = .seconds(900)

    public init() {}
}

/// What one client, and all together, may ask of the service.
public struct RequestLimits: Sendable {
    /// How many requests may be on their way at a time; more get a 503.
    public var inFlight = 1_024
    /// How many requests a second each caller may send, or each address where nobody is asked; nil is no limit. Where
    /// nobody is asked, this machine is not counted.
    public var rate: Double? = 200
    /// How many more than that at once, after a pause.
    public var burst: Double = 400
    /// The longest path with its query, in bytes; longer ones get a 414.
    public var url = 8 << 10

    public init() {}
}

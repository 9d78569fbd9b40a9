/// How long a Lease is held and how often it is renewed.
///
/// A holder stops acting ``renewWithin`` after its last renewal was sent; others take a Lease over once they have seen it
/// unchanged for ``duration``. What lies between the two is room for a write that is on its way, and for clocks that run
/// at different speeds.
public struct LeaseTiming: Sendable, Hashable {
    /// For how long others leave a Lease alone that is not renewed; whole seconds reach the API server.
    public var duration: Duration
    /// For how long after sending its last successful renewal the holder acts.
    public var renewWithin: Duration
    /// The wait between two renewals, and between two looks of those who do not hold it.
    public var interval: Duration

    /// The defaults replace a killed holder within twelve seconds: two until its last renewal is noticed, ten in which the
    /// Lease stands still, and then two requests.
    public init(
        duration: Duration = .seconds(10), renewWithin: Duration = .seconds(7), interval: Duration = .seconds(2)
    ) {
        self.duration = duration
        self.renewWithin = min(renewWithin, duration)
        self.interval = interval
    }

    /// How long one request may take. Where the first of two is lost, the second still comes in time: a connection that
    /// falls silent must not cost the Lease.
    public var requestTimeout: Duration { max((renewWithin - interval - pauseAfterFailure) / 2, .milliseconds(100)) }

    /// The wait of a holder after a renewal that failed.
    var pauseAfterFailure: Duration { interval / 8 }

    /// What `spec.leaseDurationSeconds` says: at least 1, as the API server wants.
    var wholeSeconds: Int64 { max(1, duration.components.seconds) }
}

extension KubernetesClientOptions {
    /// How a candidate for a Lease asks: it gives a request up while there is still time for another before the Lease
    /// counts as lost, and leaves that other to the election, which looks first what has become of the one before.
    public static func candidate(_ timing: LeaseTiming) -> KubernetesClientOptions {
        var options = KubernetesClientOptions()
        options.retry = .never
        options.requestTimeout = timing.requestTimeout
        options.readTimeout = timing.requestTimeout
        options.connectTimeout = min(.seconds(2), timing.requestTimeout)
        return options
    }
}

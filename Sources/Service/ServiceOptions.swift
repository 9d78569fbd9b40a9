public import Access
public import Apps
public import Forges
public import Foundation
public import Housekeeping
public import Instruments
public import Listening
public import NIOSSL
public import Upstreams

/// How the REST service listens and answers.
public struct ServiceOptions: Sendable {
    /// Where to listen. Without ``access`` everybody who reaches it may do everything.
    public var host = "127.0.0.1"
    /// 0 takes any free port.
    public var port = 8080
    /// What stands before every path, with or without slashes around it: `rampart`, `/rampart/`.
    public var basePath = ""
    /// The origins whose pages may call the service from a browser (`https://ui.example.com`), `*` for all, but
    /// without what their browsers know of passwords and certificates; none by default, which leaves the pages of the service's own origin.
    public var corsOrigins: [String] = []
    /// Names by which the service may be asked, beside those of this machine and the addresses, where it asks nobody who it
    /// is: a page could have a name of its own lead here.
    public var allowedHosts: [String] = []
    /// The author of commits where a request names none.
    public var author = CommitAuthor(name: "Rampart UI", email: "rampart@localhost")
    /// Whether `X-Forwarded-User` and `X-Forwarded-Email` name the author of commits. Only for a service behind a
    /// proxy that signs people in and sets these headers itself: anybody else could write under any name.
    public var trustsForwardedUser = false
    /// The absolute path of the graph repository, to serve it to git at `/git/graphs.git`; nil does not.
    public var repository: String?
    /// How much memory each process of git may take, in bytes.
    public var gitMemory = 512 << 20
    /// How much memory the service and all that it starts may take, in bytes; nil for any. So many processes of git run at once
    /// as fit into it.
    public var memoryLimit: Int?
    /// How the repository is kept in order; nil where nobody does.
    public var housekeeping: (@Sendable () -> HousekeepingReport)?
    /// Who is let in, and who may do what; nil asks nobody.
    public var access: AccessControl?
    /// Which proxies' word about where a request comes from is believed.
    public var clientAddress = ClientAddress()
    /// Gives each new connection its TLS settings; nil serves without TLS.
    public var tls: (@Sendable () -> NIOSSLContext)?
    /// What requests may take.
    public var limits = RequestLimits()
    /// What connections may take; their idle timeout is ``idleTimeout``.
    public var connections = ListenerLimits()
    /// The longest body that is taken.
    public var maximumBody = 3 << 20
    /// How long a client may take to send a body.
    public var bodyTimeout: Duration = .seconds(60)
    /// How long a connection may be silent, within a request or between two.
    public var idleTimeout: Duration = .seconds(60)
    /// How long a deploy waits for the API server's opinion; an admission webhook may take 30 s.
    public var patience: Duration = .seconds(35)
    /// The same while the API server is known to be away.
    public var patienceWhileUnreachable: Duration = .seconds(2)
    /// How much memory the answers to reads of single apps may take.
    public var cacheBytes = 16 << 20
    /// The address of the Kubernetes dashboard that the UI links to, without a slash at the end; empty without one.
    public var dashboardURL = ""
    /// Where the services beside an app's flows and components are; none by default.
    public var upstreams = UpstreamAddresses(volumes: nil, repositories: nil, liveness: nil)
    /// Where pull requests for proposals are opened; nil for nowhere.
    public var pullRequests: (any PullRequests)?
    /// What is measured, by the service and by the other parts of the program; served at `/metrics`.
    public var metrics = Registry(prefix: "rampart_")
    /// Which webhooks are taken; none by default.
    public var webhooks = WebhookOptions()
    /// How parts stand that the service does not know itself, for `/readyz` and metrics: files of tokens, Events, the
    /// forge.
    public var notes: @Sendable () -> [PartState] = { [] }
    /// The time by which pods and deliveries of webhooks are judged.
    public var date: @Sendable () -> Date = { Date() }
    /// The time of commits.
    public var now: @Sendable () -> Timestamp = { Timestamp.now() }

    public init() {}
}

/// In whose name commits are made.
public struct CommitAuthor: Sendable, Hashable {
    public var name: String
    public var email: String

    public init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

import Access
import ArgumentParser

/// Who is let in, and who may do what.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with the SHA-256 of tokens and whose they are; see 'rampart token'.", valueName: "file"))
    var tokens: String?

    @Option(
        name: .customLong("oidc-issuer"),
        help: ArgumentHelp("Take the tokens of this OpenID Connect issuer.", valueName: "url"))
    var oidcIssuer: String?

    @Option(
        name: .customLong("oidc-audience"),
        help: ArgumentHelp("The audience that its tokens must be for.", valueName: "name"))
    var oidcAudience: String?

    @Option(name: .customLong("oidc-user-claim"), help: ArgumentHelp("Which claim is the user.", valueName: "claim"))
    var oidcUserClaim = "sub"

    @Option(
        name: .customLong("oidc-name-claim"),
        help: ArgumentHelp("Which claim is the name of commits.", valueName: "claim"))
    var oidcNameClaim = "name"

    @Option(
        name: .customLong("oidc-email-claim"),
        help: ArgumentHelp("Which claim is the address of commits.", valueName: "claim"))
    var oidcEmailClaim = "email"

    @Option(
        name: .customLong("oidc-groups-claim"), help: ArgumentHelp("Which claim lists the groups.", valueName: "claim"))
    var oidcGroupsClaim = "groups"

    @Option(
        name: .customLong("oidc-ca"),
        help: ArgumentHelp("The authorities in PEM that the issuer's certificate comes from.", valueName: "file"))
    var oidcCA: String?

    @Flag(name: .customLong("token-review"), help: "Take the tokens that the API server knows (TokenReview).")
    var tokenReview = false

    @Option(
        name: .customLong("token-review-audience"),
        help: ArgumentHelp("An audience that such a token must be for; repeat for several.", valueName: "name"))
    var tokenReviewAudiences: [String] = []

    @Option(
        help: ArgumentHelp(
            "Who may do what: policy=FILE, or kubernetes, which asks the API server.", valueName: "how"))
    var authorization: AuthorizationChoice?

    @Option(
        name: .customLong("tls-cert"),
        help: ArgumentHelp("Serve TLS with this certificate and its chain, in PEM.", valueName: "file"))
    var tlsCertificate: String?

    @Option(name: .customLong("tls-key"), help: ArgumentHelp("The certificate's key, in PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(
        name: .customLong("tls-client-ca"),
        help: ArgumentHelp(
            "Ask for client certificates, which these authorities must have signed: the common name is the user, "
                + "the organisations are the groups.", valueName: "file"))
    var tlsClientCA: String?

    @Option(
        name: .customLong("trusted-proxy"),
        help: ArgumentHelp(
            "A proxy whose X-Forwarded-For is believed, as an address or 10.0.0.0/8; repeat for several.",
            valueName: "range"))
    var trustedProxies: [ProxyAddresses] = []

    @Flag(
        name: .customLong("trust-forwarded-user"),
        help: "Believe X-Forwarded-User and X-Forwarded-Email of trusted proxies, as the authors of commits.")
    var trustForwardedUser = false

    @Flag(
        name: .customLong("insecure-no-auth"),
        help: "Let everybody who reaches the service do everything, also from other machines.")
    var insecureNoAuth = false

    @Option(
        name: .customLong("allowed-host"),
        help: ArgumentHelp(
            "A name that leads to a service which asks nobody who it is, beside localhost; repeat for several.",
            valueName: "name"))
    var allowedHosts: [String] = []

    /// Whether anybody is asked who it is.
    var asksWho: Bool { tokens != nil || oidcIssuer != nil || tokenReview || tlsClientCA != nil }

    func validate() throws {
        guard (oidcIssuer == nil) == (oidcAudience == nil) else {
            throw ValidationError("--oidc-issuer and --oidc-audience go together: a token must be for this service.")
        }
        if let problem = oidcIssuer.flatMap({ OIDCSettings(issuer: $0, audience: "").problem }) {
            throw ValidationError("--oidc-issuer: \(problem).")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together.")
        }
        guard tlsClientCA == nil || tlsCertificate != nil else {
            throw ValidationError("--tls-client-ca goes with --tls-cert and --tls-key.")
        }
        guard !trustForwardedUser || !trustedProxies.isEmpty else {
            throw ValidationError("--trust-forwarded-user goes with --trusted-proxy: anybody can send a header.")
        }
        if asksWho, authorization == nil {
            throw ValidationError(
                "Say with --authorization policy=FILE or kubernetes what those who are let in may do.")
        }
        if !asksWho, authorization != nil {
            throw ValidationError(
                "--authorization needs to know who asks: add --tokens, --oidc-issuer, --token-review or --tls-client-ca."
            )
        }
        guard allowedHosts.isEmpty || !asksWho else {
            throw ValidationError(
                "--allowed-host is for a service that asks nobody who it is; with credentials any name does.")
        }
        if asksWho, insecureNoAuth {
            throw ValidationError(
                "--insecure-no-auth lets everybody in; leave it out, or the options that ask who it is.")
        }
    }

    /// Refuses to serve other machines where nobody is asked.
    func check(_ address: ListenAddress) throws {
        guard !asksWho, !insecureNoAuth, !address.isLoopback else { return }
        throw ValidationError(
            """
            --listen \(address.defaultValueDescription) can be reached from other machines, and nobody is asked who it is. \
            Say who may come in (--tokens FILE, --oidc-issuer URL, --token-review) and what they may do (--authorization), \
            listen on 127.0.0.1, or let everybody do everything with --insecure-no-auth.
            """)
    }
}

/// Who decides what callers may do.
enum AuthorizationChoice: ExpressibleByArgument, Sendable {
    case policy(String)
    case kubernetes

    init?(argument: String) {
        if argument == "kubernetes" {
            self = .kubernetes
        } else if argument.hasPrefix("policy="), argument != "policy=" {
            self = .policy(String(argument.dropFirst(7)))
        } else {
            return nil
        }
    }
}

/// The addresses of a proxy on the command line.
struct ProxyAddresses: ExpressibleByArgument {
    let range: AddressRange

    init?(argument: String) {
        guard let range = AddressRange(argument) else { return nil }
        self.range = range
    }
}

extension ListenAddress {
    /// Whether only this machine can reach it.
    var isLoopback: Bool {
        host == "localhost" || AddressRange.loopback.contains { $0.contains(host) }
    }
}

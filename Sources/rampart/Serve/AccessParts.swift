import Access
import Kubernetes
import Logging
import NIOSSL
import Service
import ServiceLifecycle

/// What serves the questions who asks and what they may do, from the options of the command line.
struct AccessParts {
    /// nil where nobody is asked.
    private(set) var control: AccessControl?
    /// What has to run: files are looked at, keys fetched.
    private(set) var services: [any ServiceLifecycle.Service] = []
    /// Whether the files as they are now count, and why not, for `/readyz`.
    private(set) var files: [@Sendable () -> PartState] = []
    private var certificates: ReloadedFiles<NIOSSLContext>?
    private var fetcher: OIDCFetcher?
    private let options: AccessOptions

    /// - Parameter client: the API server that is asked.
    init(_ options: AccessOptions, client: KubernetesClient, logger: Logger) async throws {
        self.options = options
        if let certificate = options.tlsCertificate, let key = options.tlsKey {
            let files = [certificate, key] + (options.tlsClientCA.map { [$0] } ?? [])
            let reloaded = try await ReloadedFiles(files, logger: logger) {
                try CertificateFiles.context($0, names: files)
            }
            certificates = reloaded
            services.append(reloaded)
            watch(reloaded, as: "certificates")
        }
        guard let authorization = options.authorization else { return }
        let authorizer = try await authorizer(authorization, client, logger)
        // Last, as it may hold connections, which would have to be ended if something failed after it.
        let authenticator = try await authenticator(client, logger)
        control = AccessControl(
            authenticator: authenticator, authorizer: authorizer, takesCertificates: options.tlsClientCA != nil)
    }

    /// Puts them into the options of the service.
    func apply(to service: inout ServiceOptions) {
        service.access = control
        service.clientAddress = ClientAddress(trusting: options.trustedProxies.map(\.range))
        service.allowedHosts = options.allowedHosts
        service.trustsForwardedUser = options.trustForwardedUser
        if let certificates { service.tls = { certificates.value } }
    }

    /// Ends what keeps connections open.
    func shutdown() async { await fetcher?.shutdown() }

    private mutating func authenticator(_ client: KubernetesClient, _ logger: Logger) async throws -> Authenticator {
        var tokens: ReloadedFiles<TokenTable>?
        if let file = options.tokens {
            tokens = try await ReloadedFiles([file], logger: logger) { try TokenTable(reading: $0[0], file: file) }
            if let tokens {
                services.append(tokens)
                watch(tokens, as: "tokens")
            }
        }
        var oidc: OIDCAuthenticator?
        if let issuer = options.oidcIssuer, let audience = options.oidcAudience {
            var settings = OIDCSettings(issuer: issuer, audience: audience)
            settings.userClaim = options.oidcUserClaim
            settings.nameClaim = options.oidcNameClaim
            settings.emailClaim = options.oidcEmailClaim
            settings.groupsClaim = options.oidcGroupsClaim
            let fetcher = try OIDCFetcher(certificateAuthority: options.oidcCA)
            self.fetcher = fetcher
            let authenticator = OIDCAuthenticator(settings, fetcher: fetcher, logger: logger)
            services.append(authenticator)
            oidc = authenticator
        }
        let reviews =
            options.tokenReview
            ? TokenReviews(client, audiences: options.tokenReviewAudiences, logger: logger) : nil
        return Authenticator(tokens: tokens, oidc: oidc, reviews: reviews)
    }

    private mutating func authorizer(
        _ choice: AuthorizationChoice, _ client: KubernetesClient, _ logger: Logger
    ) async throws -> any Authorizer {
        switch choice {
        case .kubernetes: return KubernetesAuthorizer(client, logger: logger)
        case .policy(let path):
            let file = try await ReloadedFiles([path], logger: logger) { try Policy(reading: $0[0], file: path) }
            services.append(file)
            watch(file, as: "policy")
            return PolicyAuthorizer(file)
        }
    }

    private mutating func watch<Value>(_ file: ReloadedFiles<Value>, as name: String) {
        files.append {
            PartState(name, problem: file.problem.map { "\($0); what the file said before goes on to count" })
        }
    }
}

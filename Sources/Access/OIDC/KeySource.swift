import JSONValues
import Logging

/// Fetches an issuer's keys and keeps them.
///
/// They are fetched anew now and then, and when a token names a key that is not among them, but not more often than
/// ``OIDCSettings/pause`` allows. While the issuer cannot be reached the last keys go on to count, but no longer than
/// ``OIDCSettings/longest``.
actor KeySource {
    /// Fetches a document.
    typealias Fetch = @Sendable (_ url: String) async throws -> [UInt8]

    private let settings: OIDCSettings
    private let fetch: Fetch
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let fetching = Coalescer<Bool, Result<KeySet, KeyProblem>>()
    private var keys: KeySet?
    private var tried: ContinuousClock.Instant?
    private var fetchedAt: ContinuousClock.Instant?
    private(set) var problem: KeyProblem?
    /// Grows with each fetch: what an earlier set of keys has found good is looked at again.
    private(set) var generation = 0

    init(
        _ settings: OIDCSettings, logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, fetch: @escaping Fetch
    ) {
        self.settings = settings
        self.fetch = fetch
        self.logger = logger
        self.now = now
    }

    /// Whether there are keys, however old.
    var hasAny: Bool { keys != nil }

    /// The keys, among them the one that is named if the issuer has it.
    /// - Throws: ``KeyProblem`` where there are none yet, or only such as are too old.
    func keys(with id: String?) async throws(KeyProblem) -> KeySet {
        let isDue = tried.map { now() - $0 >= settings.refresh } ?? true
        let mayTry = tried.map { now() - $0 >= settings.pause } ?? true
        let isThere = keys.map { keys in id.map(keys.knows) ?? true } ?? false
        if mayTry, isDue || !isThere || isTooOld { await refresh() }
        if let keys {
            if isTooOld { throw KeyProblem("the issuer's keys are too old and cannot be fetched anew") }
            return keys
        }
        throw problem ?? KeyProblem("the issuer's keys have not been fetched yet")
    }

    /// Whether the issuer may have withdrawn the keys meanwhile.
    private var isTooOld: Bool { fetchedAt.map { now() - $0 >= settings.longest } ?? false }

    /// Fetches the keys now.
    func refresh() async {
        let (settings, fetch) = (settings, fetch)
        let before = tried
        let result = await fetching.value(for: true) { await Self.fetched(settings, fetch) }
        guard tried == before else { return }  // another one who waited has noted it
        tried = now()
        switch result {
        case .success(let new):
            if problem != nil { logger.notice("the issuer's keys can be fetched again") }
            problem = nil
            keys = new
            fetchedAt = tried
            generation += 1
        case .failure(let error):
            problem = error
            logger.warning(
                "the issuer's keys cannot be fetched, the last ones go on to count for a while",
                metadata: [
                    "issuer": "\(settings.issuer)", "error": "\(error)", "while": "\(settings.longest)",
                ])
        }
    }

    /// Asks the issuer where its keys are (OpenID Connect Discovery 1.0), and for the keys.
    private static func fetched(_ settings: OIDCSettings, _ fetch: Fetch) async -> Result<KeySet, KeyProblem> {
        do {
            let base = settings.issuer.hasSuffix("/") ? String(settings.issuer.dropLast()) : settings.issuer
            let discovery = try await fetch(base + "/.well-known/openid-configuration")
            guard let document = try? JSON(parsing: discovery), document.object != nil else {
                return .failure(KeyProblem("its discovery document is no JSON object"))
            }
            guard document["issuer"]?.string == settings.issuer else {
                return .failure(KeyProblem("its discovery document is that of another issuer"))
            }
            guard let place = document["jwks_uri"]?.string else {
                return .failure(KeyProblem("its discovery document has no jwks_uri"))
            }
            if let problem = OIDCSettings.problem(ofURL: place, "jwks_uri") { return .failure(KeyProblem(problem)) }
            if settings.issuer.hasPrefix("https://"), !place.hasPrefix("https://") {
                return .failure(KeyProblem("jwks_uri is not https"))
            }
            guard let keys = KeySet(try await fetch(place)) else {
                return .failure(KeyProblem("what jwks_uri leads to is no key set"))
            }
            guard !keys.keys.isEmpty else { return .failure(KeyProblem("its key set has no key that could be used")) }
            return .success(keys)
        } catch {
            return .failure(KeyProblem("\(error)"))
        }
    }

    /// Fetches the keys at the start and anew from time to time.
    func keepFresh() async throws {
        while true {
            await refresh()
            try await Task.sleep(for: problem == nil ? settings.refresh : min(settings.refresh, settings.pause))
        }
    }
}

/// Why an issuer's keys are not there.
struct KeyProblem: Error, Sendable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

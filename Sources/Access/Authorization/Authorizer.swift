/// Says what a caller may do.
public protocol Authorizer: Sendable {
    /// - Throws: ``AccessError/unavailable(_:)`` where whoever decides cannot be asked.
    func allows(_ caller: Caller, _ permission: Permission, in scope: Scope) async throws(AccessError) -> Bool

    /// Which of some namespaces a caller may see.
    ///
    /// - Parameter namespaces: asked for only where the caller may not see all.
    func visibility(
        of caller: Caller, among namespaces: @Sendable () -> Set<String>
    ) async throws(AccessError) -> Visibility
}

/// A policy file decides.
public struct PolicyAuthorizer: Authorizer {
    private let file: ReloadedFiles<Policy>

    public init(_ file: ReloadedFiles<Policy>) { self.file = file }

    public func allows(_ caller: Caller, _ permission: Permission, in scope: Scope) -> Bool {
        file.value.allows(caller, permission, in: scope)
    }

    public func visibility(of caller: Caller, among namespaces: @Sendable () -> Set<String>) -> Visibility {
        file.value.visibility(of: caller, among: namespaces)
    }
}

/// Why a caller was not let in.
public enum AccessError: Error, Sendable, Hashable {
    /// There are no credentials.
    case noCredentials
    /// The credentials are not good. The reason is for the log, and holds nothing of them.
    case badCredentials(String)
    /// Whether the credentials, or what is asked for, are good cannot be found out now.
    case unavailable(String)
    /// Too many bad credentials came from there; wait.
    case tooManyFailures(retryAfter: Duration)
}

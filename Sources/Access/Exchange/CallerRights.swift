/// What one caller may do.
public struct CallerRights: Sendable {
    public let caller: Caller
    private let authorizer: any Authorizer
    private let namespaces: @Sendable () -> Set<String>

    /// - Parameter namespaces: all that there are.
    public init(_ caller: Caller, authorizer: any Authorizer, namespaces: @escaping @Sendable () -> Set<String>) {
        self.caller = caller
        self.authorizer = authorizer
        self.namespaces = namespaces
    }

    /// Whether the caller may do something somewhere.
    public func allows(_ permission: Permission, in scope: Scope) async throws(AccessError) -> Bool {
        try await authorizer.allows(caller, permission, in: scope)
    }

    /// Which namespaces the caller may see.
    public func visibility() async throws(AccessError) -> Visibility {
        try await authorizer.visibility(of: caller, among: namespaces)
    }
}

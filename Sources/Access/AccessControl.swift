/// Who is let in, and who may do what: a service that has this asks everybody.
public struct AccessControl: Sendable {
    public let authenticator: Authenticator
    public let authorizer: any Authorizer
    /// Whether a client certificate counts as credentials where a request has no others.
    public var takesCertificates: Bool

    public init(authenticator: Authenticator, authorizer: any Authorizer, takesCertificates: Bool = false) {
        self.authenticator = authenticator
        self.authorizer = authorizer
        self.takesCertificates = takesCertificates
    }
}

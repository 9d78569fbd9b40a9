import SwiftASN1
import X509

extension Caller {
    /// The caller that a client certificate names, as Kubernetes reads it: the common name is the user, the
    /// organisations are the groups.
    ///
    /// - Parameter der: a certificate whose chain has been checked already.
    /// - Returns: nil where it has no common name, or one of the cluster's own (`system:`).
    public init?(certificate der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        var user = ""
        var groups: [String] = []
        for name in certificate.subject {
            for attribute in name {
                let text = String(attribute.value) ?? ""
                if attribute.type == .RDNAttributeType.commonName, user.isEmpty { user = text }
                if attribute.type == .RDNAttributeType.organizationName, !text.isEmpty { groups.append(text) }
            }
        }
        guard !user.isEmpty, !user.hasPrefix("system:") else { return nil }
        self.init(user: user, groups: groups.filter { !$0.hasPrefix("system:") }, means: .certificate)
    }
}

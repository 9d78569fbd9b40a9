import NIOSSL
import Secrets

/// What a configuration says about TLS, as NIO takes it.
enum TLSSettings {
    static func make(_ configuration: ClusterConfiguration) throws(ConfigurationError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if configuration.skipsTLSVerification {
            guard configuration.certificateAuthority == nil else {
                throw ConfigurationError(
                    path: "insecure-skip-tls-verify",
                    message: "contradicts certificate-authority; remove one of the two")
            }
            tls.certificateVerification = .none
        }
        if let authority = configuration.certificateAuthority {
            tls.trustRoots = .certificates(try certificates(authority, "certificate-authority"))
        }
        if let identity = configuration.clientCertificate { try add(identity, to: &tls) }
        return tls
    }

    static func add(_ identity: ClientCertificate, to tls: inout TLSConfiguration) throws(ConfigurationError) {
        tls.certificateChain = try certificates(identity.certificates, "client-certificate").map { .certificate($0) }
        do {
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.exposed.utf8), format: .pem))
        } catch {
            throw ConfigurationError(
                path: "client-key", message: "does not read as a private key in PEM without a passphrase")
        }
    }

    private static func certificates(_ pem: String, _ path: String) throws(ConfigurationError) -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(Array(pem.utf8))
            if !certificates.isEmpty { return certificates }
        } catch {
            // Told below: the library's own error says no more than that it failed.
        }
        throw ConfigurationError(path: path, message: "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    }
}

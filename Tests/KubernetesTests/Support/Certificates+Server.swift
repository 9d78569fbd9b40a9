import NIOSSL
import TestSupport

extension Certificates {
    /// Settings of a server that has its certificate from the authority.
    func server(_ name: String = "server", asksForClient: Bool = false) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(folder.appending(name + ".crt")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder.appending(name + ".key"), format: .pem)))
        if asksForClient {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .file(folder.appending("ca.crt"))
        }
        return tls
    }
}

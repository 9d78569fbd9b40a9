import NIOSSL
import TestSupport

extension Certificates {
    /// Settings of a broker that has this certificate.
    func pulsarServer(_ name: String) throws -> TLSConfiguration {
        TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(folder.appending(name + ".crt")).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: folder.appending(name + ".key"), format: .pem)))
    }
}

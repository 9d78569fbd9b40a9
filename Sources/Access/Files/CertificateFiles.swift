public import NIOSSL

/// A server's TLS settings out of files.
public enum CertificateFiles {
    /// TLS 1.2 and later, with the ciphers that BoringSSL holds to be good.
    ///
    /// - Parameters:
    ///   - contents: the certificate with those between it and its authority, its key, and, where client certificates
    ///     are asked for, the authorities that they must come from; all in PEM.
    ///   - names: how errors are to name the files, in the same order.
    /// - Throws: ``UnusableCertificate``, without anything of the key.
    public static func context(_ contents: [[UInt8]], names: [String]) throws -> NIOSSLContext {
        let chain = try certificates(contents[0], names[0])
        let key: NIOSSLPrivateKey
        do { key = try NIOSSLPrivateKey(bytes: contents[1], format: .pem) } catch {
            throw UnusableCertificate("\(names[1]): holds no private key in PEM without a passphrase")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        if contents.count > 2 {
            tls.trustRoots = .certificates(try certificates(contents[2], names[2]))
            // Asked for and checked, but not demanded: others come with tokens.
            tls.certificateVerification = .optionalVerification
        }
        do {
            // BoringSSL compares certificate and key here.
            return try NIOSSLContext(configuration: tls)
        } catch {
            throw UnusableCertificate("\(names[0]) and \(names[1]) do not belong together, or are too weak: \(error)")
        }
    }

    private static func certificates(_ bytes: [UInt8], _ name: String) throws -> [NIOSSLCertificate] {
        if let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty { return certificates }
        throw UnusableCertificate("\(name): holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    }
}

/// Why a server cannot use files of certificates.
public struct UnusableCertificate: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

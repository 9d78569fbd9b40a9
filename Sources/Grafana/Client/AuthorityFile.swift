import FoundationEssentials
public import Logging
import NIOPosix
import NIOSSL
import Synchronization

/// A file with the certificates of authorities in PEM, which something else may replace.
///
/// It is read again when a request is made and the last look is a second old. One that does not read leaves in place what
/// it said before.
public final class AuthorityFile: Sendable {
    private struct State {
        var bytes: [UInt8]
        /// What it has held since the start, where that is something else.
        var renewed: [NIOSSLCertificate]?
        var lookedAt: ContinuousClock.Instant
        var problem: GrafanaError?
    }

    /// Where the file is.
    public let path: String
    let atStart: [NIOSSLCertificate]
    private let logger: Logger
    private let state: Mutex<State>

    /// The longest file that is read, in bytes.
    private static let longest = 4 << 20

    /// Reads the file.
    ///
    /// - Throws: ``GrafanaError/Kind/credentials`` with what is wrong with it.
    public init(_ path: String, logger: Logger) throws(GrafanaError) {
        self.path = path
        self.logger = logger
        let bytes = try Self.read(path)
        atStart = try Self.certificates(bytes, path)
        state = Mutex(State(bytes: bytes, lookedAt: .now))
    }

    /// What the file holds by now; nil while that is what it held at the start.
    func renewed() async -> [NIOSSLCertificate]? {
        let now = ContinuousClock.now
        let (isNew, last, known) = state.withLock { state in
            let isNew = now - state.lookedAt >= .seconds(1)
            if isNew { state.lookedAt = now }
            return (isNew, state.bytes, state.renewed)
        }
        guard isNew else { return known }
        let path = path
        typealias Contents = (bytes: [UInt8], certificates: [NIOSSLCertificate])
        let result = try? await NIOThreadPool.singleton.runIfActive { () -> Result<Contents?, GrafanaError> in
            do throws(GrafanaError) {
                let bytes = try Self.read(path)
                return .success(bytes == last ? nil : (bytes, try Self.certificates(bytes, path)))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let contents?):
            state.withLock { state in
                (state.bytes, state.renewed, state.problem) = (contents.bytes, contents.certificates, nil)
            }
            logger.notice("Certificates of authorities were read again", metadata: ["file": "\(path)"])
        case .failure(let error):
            let isNew = state.withLock { state in
                defer { state.problem = error }
                return state.problem != error
            }
            if isNew {
                logger.warning(
                    "Changed certificates do not read, those of before go on to count",
                    metadata: ["file": "\(path)", "error": "\(error.message)"])
            }
        case .success(nil): state.withLock { $0.problem = nil }
        case nil: break
        }
        return state.withLock(\.renewed)
    }

    private static func read(_ path: String) throws(GrafanaError) -> [UInt8] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw GrafanaError(.credentials, "reading \(path)", "cannot be read")
        }
        guard data.count <= longest else {
            throw GrafanaError(.credentials, "reading \(path)", "is larger than \(longest >> 20) MiB")
        }
        return Array(data)
    }

    private static func certificates(_ bytes: [UInt8], _ path: String) throws(GrafanaError) -> [NIOSSLCertificate] {
        if let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty { return certificates }
        throw GrafanaError(
            .credentials, "reading \(path)", "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)")
    }
}

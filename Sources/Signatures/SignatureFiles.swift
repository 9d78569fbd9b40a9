import Synchronization

/// Keys in files.
public enum SignatureFiles {
    /// Reads a private key.
    ///
    /// The group may read it too, as Kubernetes gives Secrets to a pod that way.
    /// - Throws: ``SignatureError`` where it cannot be read, may be read by everybody, or cannot be used; it never shows
    ///   anything of the key.
    public static func signingKey(_ path: String) throws(SignatureError) -> SSHSigningKey {
        do throws(SignatureError) {
            let file = try SmallFile(reading: path)
            guard file.mode & 0o007 == 0 else {
                throw SignatureError("everybody on this machine may read or write it; chmod 600 \(path)")
            }
            return try SSHSigningKey(parsing: try file.text())
        } catch {
            throw SignatureError("the signing key \(path) cannot be used: \(error)")
        }
    }

    /// Reads a list of allowed signers.
    public static func allowedSigners(_ path: String) throws(SignatureError) -> AllowedSigners {
        do throws(SignatureError) {
            return try AllowedSigners(parsing: try SmallFile(reading: path).text())
        } catch {
            throw SignatureError("the list of signers \(path) cannot be used: \(error)")
        }
    }
}

/// A list of allowed signers in a file that is read again as it changes.
///
/// A file that does not read allows nobody: who was taken off a list must not count because of a slip in another line.
public final class AllowedSignersFile: Sendable {
    private struct State {
        var stamp: SmallFile.Stamp?
        var list: Result<AllowedSigners, SignatureError>
        var revision: UInt64 = 0
    }

    public let path: String
    private let state: Mutex<State>

    /// - Throws: ``SignatureError`` where it cannot be used.
    public init(_ path: String) throws(SignatureError) {
        self.path = path
        let stamp = SmallFile.Stamp(of: path)
        state = Mutex(State(stamp: stamp, list: .success(try SignatureFiles.allowedSigners(path))))
    }

    /// Grows each time the file was found changed.
    public func revision() -> UInt64 { look { $0.revision } }

    /// The list as the file has it now.
    ///
    /// - Throws: ``SignatureError`` where it cannot be used as it is.
    public func list() throws(SignatureError) -> AllowedSigners { try look { $0.list }.get() }

    private func look<Value: Sendable>(_ value: (State) -> Value) -> Value {
        // Before reading, so that a change while it is read is seen the next time.
        let stamp = SmallFile.Stamp(of: path)
        return state.withLock { state in
            if stamp != state.stamp {
                state.stamp = stamp
                state.list = Result { () throws(SignatureError) in try SignatureFiles.allowedSigners(path) }
                state.revision += 1
            }
            return value(state)
        }
    }
}

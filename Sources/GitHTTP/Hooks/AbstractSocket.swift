import Glibc

/// Sockets in the abstract namespace of unix(7), whose addresses are a NUL and a name.
enum AbstractSocket {
    /// A socket that listens.
    static func listening(_ name: String) throws(HookLineError) -> CInt {
        let descriptor = try make()
        guard with(name, { bind(descriptor, $0, $1) }) == 0, listen(descriptor, 64) == 0 else {
            throw failure("listen", closing: descriptor)
        }
        return descriptor
    }

    /// A socket that is connected, and waits for no read and no write longer than some seconds.
    static func connected(_ name: String, patience: Int) throws(HookLineError) -> CInt {
        let descriptor = try make()
        var time = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        guard with(name, { connect(descriptor, $0, $1) }) == 0 else { throw failure("connect", closing: descriptor) }
        return descriptor
    }

    private static func make() throws(HookLineError) -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("make a socket", closing: nil) }
        return descriptor
    }

    static func failure(_ what: String, closing descriptor: CInt?) -> HookLineError {
        let error = HookLineError(description: "cannot \(what): \(String(cString: strerror(errno)))")
        if let descriptor { close(descriptor) }
        return error
    }

    private static func with(_ name: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let length = withUnsafeMutableBytes(of: &address.sun_path) { path in
            let name = name.utf8.prefix(path.count - 1)
            path[0] = 0
            UnsafeMutableRawBufferPointer(rebasing: path[1..<1 + name.count]).copyBytes(from: name)
            return 1 + name.count
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + length } ?? 0)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}

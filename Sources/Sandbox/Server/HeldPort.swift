import Glibc

/// A port of this machine that is kept from others, without listening on it: connections to it are refused.
struct HeldPort: ~Copyable {
    private let descriptor: Int32

    /// Binds the port on 127.0.0.1, where nobody has it; whoever binds it next needs `SO_REUSEADDR` too.
    init(_ port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var (yes, address) = (Int32(1), sockaddr_in())
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        // Where that fails, the port is just not kept.
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Lets others have it.
    consuming func letGo() {}

    deinit { if descriptor >= 0 { close(descriptor) } }
}

import Glibc

/// How many descriptors this process may have open: connections, files, pipes.
///
/// Nearly everywhere it starts with 1,024, for the sake of programs that use select(2), and may ask for more. One client alone
/// could take these, and neither connections nor files could be opened any more.
public enum DescriptorLimit {
    /// More than this service ever has open. Where a million are allowed they are not asked for: some of the programs that it
    /// starts may close each that there might be.
    private static let enough: rlim_t = 65_536

    /// Asks for as many as there may be (setrlimit(2)); programs that are started from then on inherit that.
    ///
    /// - Returns: how many there may be open now.
    @discardableResult public static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let soft = limit.rlim_cur
        limit.rlim_cur = max(soft, min(limit.rlim_max, enough))
        if soft < limit.rlim_cur, setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
            limit.rlim_cur = soft
        }
        return Int(clamping: limit.rlim_cur)
    }
}

extension ListenerLimits {
    /// How many descriptors are left to files, to git, and to talks with the cluster, a forge, Grafana.
    private static let reserved = 512

    /// With no more connections than a limit of descriptors has room for. Each may need a second one, as it may be passed on to
    /// a service beside an app's flows.
    func fitted(to descriptors: Int) -> ListenerLimits {
        var limits = self
        limits.connections = max(1, min(connections, (descriptors - min(Self.reserved, descriptors / 2)) / 2))
        if limits.connections < connections {
            limits.connectionsOfOne = max(1, min(connectionsOfOne, limits.connections / 2))
        }
        limits.connectionsForFew = min(connectionsForFew, limits.connections / 8)
        return limits
    }
}

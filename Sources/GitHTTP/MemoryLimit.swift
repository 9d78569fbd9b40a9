import Foundation

/// How much memory this process and all that it starts may take together.
public enum MemoryLimit {
    /// What the control groups allow, in bytes (cgroups(7)); nil where they say nothing.
    public static var current: Int? {
        guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8) else { return nil }
        return limit(groups: groups, root: "/sys/fs/cgroup")
    }

    /// - Parameters:
    ///   - groups: lines of a number, controllers and a path.
    ///   - root: where the control groups are mounted.
    /// - Returns: the least of all that hold: a group may take no more than the one that it is in.
    static func limit(groups: String, root: String) -> Int? {
        let files = groups.split(separator: "\n").flatMap { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[0] == "0" { return chain(root, parts[2]).map { $0 + "/memory.max" } }
            guard parts[1].split(separator: ",").contains("memory") else { return [] }
            return chain(root + "/memory", parts[2]).map { $0 + "/memory.limit_in_bytes" }
        }
        return files.compactMap { file in
            let text = try? String(contentsOfFile: file, encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }.min()
    }

    /// A group's folder and those that it is in. In a container the path may be the machine's, of which only the root is there.
    private static func chain(_ root: String, _ path: Substring) -> [String] {
        path.split(separator: "/").reduce(into: [root]) { $0.append("\($0[$0.count - 1])/\($1)") }
    }
}

extension GitHTTPOptions {
    /// What the service itself takes at most, with files that lie in memory (`/tmp` of a container).
    static let memoryOfService = 512 << 20
    /// How many more may run beside those here: housekeeping's, and the one that talks to the remote.
    static let processesElsewhere = 2

    /// With no more processes at once than fit beside the service and its other ones into a limit of memory, but one at least.
    public func fitted(to limit: Int?) -> GitHTTPOptions {
        guard let limit else { return self }
        var options = self
        let places = (limit - Self.memoryOfService) / memory - Self.processesElsewhere
        options.processes = max(1, min(processes, places))
        options.processesOfOne = max(1, min(processesOfOne, options.processes / 2))
        return options
    }
}

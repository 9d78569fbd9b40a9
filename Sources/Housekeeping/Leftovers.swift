import Glibc

/// Files that processes leave in a repository when they are killed.
enum Leftovers {
    /// How long a file must not have changed to count as left behind; nil where it is no such file.
    ///
    /// Who writes one of these writes on and on: an hour is long. What a push holds in quarantine waits for hooks, and
    /// `gc.pid` and `maintenance.lock` are held as long as git(1) is at it; those have the time that git itself gives them
    /// (git-gc(1): twelve hours).
    /// - Parameter path: below the repository's folder.
    static func patience(for path: String) -> Duration? {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last else { return nil }
        switch (parts.dropLast().first, parts.count) {
        case (nil, 1):
            if name == "gc.pid" { return .seconds(12 * 3_600) }
            return ["gc.pid.lock", "shallow.lock", "packed-refs.new"].contains(name) ? .seconds(3_600) : nil
        case ("objects", 2):
            if name.hasPrefix("tmp_objdir-") || name == "maintenance.lock" { return .seconds(24 * 3_600) }
            return name.hasPrefix("tmp_obj") ? .seconds(3_600) : nil
        case ("objects", 3) where parts[1] == "pack":
            if name.hasSuffix(".keep") { return .seconds(24 * 3_600) }
            return name.hasPrefix("tmp_") || name.hasPrefix(".tmp-") || name == "multi-pack-index.lock"
                ? .seconds(3_600) : nil
        case ("objects", 3) where parts[1] == "info":
            return name.hasSuffix(".lock") || name.hasPrefix("tmp_") ? .seconds(3_600) : nil
        case ("objects", 3):
            return parts[1].count == 2 && name.hasPrefix("tmp_obj") ? .seconds(3_600) : nil
        case ("objects", 4) where parts[1...2] == ["info", "commit-graphs"]:
            return name.hasSuffix(".lock") || name.hasPrefix("tmp_") ? .seconds(3_600) : nil
        default: return nil
        }
    }

    /// Removes what has been left behind.
    ///
    /// - Parameter now: in seconds since 1970.
    /// - Returns: the paths below the repository's folder.
    static func clear(in repository: String, now: Int) -> [String] {
        var removed: [String] = []
        func look(_ folder: String) {
            for name in Folder.names(in: "\(repository)/\(folder)") {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                guard let patience = patience(for: path), let status = Folder.status("\(repository)/\(path)"),
                    .seconds(now - status.st_mtim.tv_sec) >= patience, isLeft(path, in: repository),
                    Folder.remove("\(repository)/\(path)")
                else { continue }
                removed.append(path)
            }
        }
        for folder in ["", "objects", "objects/pack", "objects/info", "objects/info/commit-graphs"] { look(folder) }
        for byte in 0..<256 { look("objects/\(Hex.text([UInt8(byte)]))") }
        return removed + clearHalfPacks(in: repository, now: now)
    }

    /// A pack that a person has marked stays so; git's own marks say for whom they are (git-index-pack(1), `--keep`).
    private static func isLeft(_ path: String, in repository: String) -> Bool {
        guard path.hasSuffix(".keep") else { return true }
        let text = Folder.start(of: "\(repository)/\(path)") ?? ""
        return text.hasPrefix("receive-pack ") || text.hasPrefix("fetch-pack ")
    }

    /// Removes what stands beside a pack that is gone.
    private static func clearHalfPacks(in repository: String, now: Int) -> [String] {
        let folder = "objects/pack"
        let names = Set(Folder.names(in: "\(repository)/\(folder)"))
        return names.sorted().compactMap { name in
            let parts = name.split(separator: ".")
            guard name.hasPrefix("pack-"), parts.count == 2,
                ["idx", "rev", "bitmap", "promisor", "mtimes"].contains(parts[1]),
                !names.contains("\(parts[0]).pack"), let status = Folder.status("\(repository)/\(folder)/\(name)"),
                now - status.st_mtim.tv_sec >= 3_600, Folder.remove("\(repository)/\(folder)/\(name)")
            else { return nil }
            return "\(folder)/\(name)"
        }
    }

    /// Whether git(1) puts the repository in order itself at the moment, by what `gc.pid` says.
    static func isGitAtWork(in repository: String, now: Int) -> Bool {
        guard let status = Folder.status("\(repository)/gc.pid"), now - status.st_mtim.tv_sec < 12 * 3_600 else {
            return false
        }
        let words = (Folder.start(of: "\(repository)/gc.pid") ?? "").split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let process = pid_t(words[0]), String(words[1]) == hostName else { return true }
        return kill(process, 0) == 0 || errno != ESRCH
    }

    private static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}

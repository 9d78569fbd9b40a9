import Glibc

/// What the kernel knows of this process (proc(5)), under the names that
/// [all clients](https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics) of Prometheus give it.
public enum ProcessReadings {
    /// Has a registry read them at each scrape.
    public static func register(in registry: Registry) {
        func stat(
            _ name: String, _ help: String, _ kind: ReadingKind = .gauge, _ value: @escaping @Sendable (Stat) -> Double
        ) {
            registry.reading(name, help, kind, isPrefixed: false) { Stat.read().map { [Reading(value($0))] } ?? [] }
        }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        let boot = bootTime()
        stat("process_cpu_seconds_total", "Time that the process has had on processors.", .counter) {
            Double($0.userTicks + $0.systemTicks) / ticks
        }
        stat("process_resident_memory_bytes", "Memory that the process takes up.") { Double($0.residentPages) * page }
        stat("process_virtual_memory_bytes", "Addresses that the process has reserved.") { Double($0.virtualBytes) }
        stat("process_threads", "Threads of the process.") { Double($0.threads) }
        stat("process_start_time_seconds", "When the process began, in seconds since 1970.") {
            boot + Double($0.startTicks) / ticks
        }
        registry.reading(
            "process_open_fds", "Files, connections and the like that the process has open.", isPrefixed: false
        ) { openFiles().map { [Reading(Double($0))] } ?? [] }
        registry.reading("process_max_fds", "How many of these it may have open.", isPrefixed: false) {
            openFilesLimit().map { [Reading($0)] } ?? []
        }
    }

    /// The fields of `/proc/self/stat` that are told.
    struct Stat: Hashable {
        var userTicks: UInt64
        var systemTicks: UInt64
        var threads: UInt64
        var startTicks: UInt64
        var virtualBytes: UInt64
        var residentPages: UInt64

        /// - Parameter text: one line; the program's name in it stands in parentheses and may hold anything.
        init?(_ text: String) {
            guard let end = text.lastIndex(of: ")") else { return nil }
            let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
            // The third field of the line is the first here.
            func field(_ number: Int) -> UInt64? {
                fields.indices.contains(number - 3) ? UInt64(fields[number - 3]) : nil
            }
            guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
                let virtual = field(23), let resident = field(24)
            else { return nil }
            (userTicks, systemTicks, self.threads, startTicks) = (user, system, threads, start)
            (virtualBytes, residentPages) = (virtual, resident)
        }

        static func read() -> Stat? { ProcessReadings.read("/proc/self/stat").flatMap { Stat($0) } }
    }

    /// When the machine was started, in seconds since 1970, as `btime` of `/proc/stat` has it, which a service that may see
    /// its own processes only (`ProcSubset=pid`, systemd.exec(5)) cannot read.
    private static func bootTime() -> Double {
        seconds(CLOCK_REALTIME) - seconds(CLOCK_BOOTTIME)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The soft limit: the fourth word of its line in `/proc/self/limits`; nil where there is none.
    private static func openFilesLimit() -> Double? {
        guard let text = read("/proc/self/limits") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("Max open files ") {
            return line.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
        }
        return nil
    }

    private static func openFiles() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder itself.
        return max(count - 3, 0)
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 4 << 20 {
            let count = Glibc.read(file, &part, part.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else { return nil }
            bytes.append(contentsOf: part[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

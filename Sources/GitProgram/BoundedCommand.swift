public import SystemPackage

/// A program that takes no more than a stated memory for itself, and nor does each that it starts.
///
/// A shell sets the limit and becomes the program, whose process it so is. The limit is that of data (setrlimit(2)): packs that
/// are only mapped do not count. It is a soft one, which the hook of the service lifts for itself. Where memory ends all the
/// same, the kernel takes this process, not the service (proc(5)).
public struct BoundedCommand: Sendable {
    /// What is started.
    public let program = FilePath("/bin/sh")
    /// The arguments that it is started with.
    public let arguments: [String]

    /// - Parameters:
    ///   - program: the program, by its path or found on the PATH.
    ///   - memory: how much it may take, in bytes.
    public init(_ program: String, _ arguments: [String], memory: Int) {
        let script = """
            ulimit -S -d \(memory >> 10) 2>/dev/null
            { echo 1000 >/proc/self/oom_score_adj; } 2>/dev/null
            exec "$0" "$@"
            """
        self.arguments = ["-c", script, program] + arguments
    }

    /// What to do about a message of git, in half a sentence that follows it; empty where more memory would not help.
    ///
    /// - Parameters:
    ///   - message: what git has said.
    ///   - memory: how much it was allowed, in bytes.
    public static func hint(on message: String, memory: Int) -> String {
        guard message.lowercased().contains("out of memory") else { return "" }
        return "; git may take \(memory >> 20) MiB here, and more with --git-memory"
    }
}

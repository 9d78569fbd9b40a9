import FoundationEssentials
public import Logging
import NIOPosix
public import ServiceLifecycle
import Synchronization

/// A value read from files, read again when one of them changes.
///
/// Files are looked at every second: a Kubernetes volume swaps a symbolic link above them, which no watch of the files
/// themselves would see. Files that do not read leave the last good value in place, with a loud log entry and
/// ``problem``.
public final class ReloadedFiles<Value: Sendable>: Service {
    private struct State {
        var value: Value
        var marks: [FileMark?]
        var problem: String?
    }

    /// The longest file that is read, in bytes.
    public static var longest: Int { 4 << 20 }

    private let paths: [String]
    private let interval: Duration
    private let read: @Sendable ([[UInt8]]) throws -> Value
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the files for the first time.
    ///
    /// - Parameters:
    ///   - interval: how often to look for changes.
    ///   - read: makes the value of the files' contents, in the order of the paths; its errors hold no secret.
    /// - Throws: what `read` throws, or why a file cannot be read.
    public init(
        _ paths: [String], every interval: Duration = .seconds(1), logger: Logger,
        read: @escaping @Sendable ([[UInt8]]) throws -> Value
    ) async throws {
        self.paths = paths
        self.interval = interval
        self.read = read
        self.logger = logger
        let marks = try await Self.marks(of: paths, notLike: [])
        let value = try await NIOThreadPool.singleton.runIfActive { try read(try paths.map(Self.content)) }
        state = Mutex(State(value: value, marks: marks))
    }

    /// The newest value that reads.
    public var value: Value { state.withLock { $0.value } }

    /// Why the files as they are now do not count; nil where they do.
    public var problem: String? { state.withLock { $0.problem } }

    /// Looks for changes until it is cancelled or shut down.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: self.interval)
                await self.look()
            }
        }
    }

    /// Looks now whether the files have changed, and reads them if so.
    public func look() async {
        let (paths, read, last) = (paths, read, state.withLock { $0.marks })
        let result: Result<Value, any Error>
        let marks: [FileMark?]
        do {
            marks = try await Self.marks(of: paths, notLike: last)
            guard marks != last else { return }
            result = try await NIOThreadPool.singleton.runIfActive {
                Result { try read(try paths.map(Self.content)) }
            }
        } catch { return }
        switch result {
        case .success(let value):
            state.withLock { $0 = State(value: value, marks: marks, problem: nil) }
            logger.notice("a file was read again", metadata: ["files": "\(paths.joined(separator: ", "))"])
        case .failure(let error):
            state.withLock { state in
                state.marks = marks
                state.problem = "\(error)"
            }
            logger.error(
                "a changed file does not read, what it said before goes on to count",
                metadata: ["files": "\(paths.joined(separator: ", "))", "error": "\(error)"])
        }
    }

    /// The marks of files; of those that have changed once they have stood still for a moment, as what is written in two
    /// steps is not to be read after the first.
    ///
    /// Files that never stand still are not waited for without end.
    private static func marks(of paths: [String], notLike last: [FileMark?]) async throws -> [FileMark?] {
        for _ in 0..<10 {
            let marks = try await NIOThreadPool.singleton.runIfActive { paths.map { FileMark($0) } }
            guard marks != last, marks.contains(where: { $0?.isFresh == true }) else { return marks }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try await NIOThreadPool.singleton.runIfActive { paths.map { FileMark($0) } }
    }

    private static func content(_ path: String) throws -> [UInt8] {
        let kind = try FileMark(of: path)
        guard kind.isFile else { throw UnreadableFile(path: path, reason: "is no file") }
        guard kind.size <= longest else {
            throw UnreadableFile(path: path, reason: "is longer than \(longest >> 20) MiB")
        }
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw UnreadableFile(path: path, reason: "cannot be read: \(error)")
        }
    }
}

/// Why a file of settings cannot be read at all.
struct UnreadableFile: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "\(path): \(reason)" }
}

import Foundation

/// Copies of this process's descriptors of a file or folder, as a program has that is being started and does not run
/// yet: closing the original closes only that.
public final class HeldDescriptors {
    private let copies: [Int32]

    /// - Parameter path: absolute, without symbolic links.
    public init(of path: String) throws {
        let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
        // All are found before the first is copied: a copy may get a number that is in the list.
        let originals = all.filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
        copies = originals.map { fcntl($0, F_DUPFD_CLOEXEC, 0) }.filter { $0 >= 0 }
    }

    /// How many there are.
    public var count: Int { copies.count }

    deinit { for copy in copies { close(copy) } }
}

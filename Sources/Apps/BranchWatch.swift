import Dispatch
import Git
import Glibc

/// Says that something may have moved a branch, by the kernel's notices of its files (inotify(7)).
enum BranchWatch {
    /// One element after each movement, or one for several.
    ///
    /// - Returns: nil where the kernel gives no notices: the branch has to be looked at from time to time then.
    static func signals(repository: String, branch: ReferenceName) -> AsyncStream<Void>? {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
        guard descriptor >= 0 else { return nil }
        let mask = UInt32(IN_MOVED_TO) | UInt32(IN_CLOSE_WRITE) | UInt32(IN_DELETE)
        // The file of the branch is renamed into its folder, `packed-refs` into that of the repository.
        let file = "\(repository)/\(branch.rawValue)"
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? repository
        guard inotify_add_watch(descriptor, folder, mask) >= 0,
            inotify_add_watch(descriptor, repository, mask) >= 0
        else {
            close(descriptor)
            return nil
        }
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // A dispatch source may be cancelled from any thread.
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            continuation.yield()
        }
        source.setCancelHandler { close(descriptor) }
        continuation.onTermination = { _ in source.cancel() }
        source.activate()
        return signals
    }
}

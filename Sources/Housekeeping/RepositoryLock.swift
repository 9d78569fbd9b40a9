import Glibc

/// Held by who puts a repository in order, so that two processes on one folder do not do the same work.
///
/// The system gives it back when the process ends, however it ends. Work that is done twice all the same (network file
/// systems that know no locks) is only done twice.
final class RepositoryLock {
    private let descriptor: Int32

    /// - Returns: nil where another process has it.
    init?(_ repository: String) {
        descriptor = open("\(repository)/objects", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(descriptor)
            return nil
        }
    }

    /// A program that is being started has a copy of every descriptor until it runs, and closing ours would leave the lock
    /// with it: what is unlocked is free whoever has a copy (flock(2)).
    deinit {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

import CLibgit2  // an optimized build finds pthread.h through its headers
import Glibc
import Synchronization

/// A thread of its own on which an actor runs, so that libgit2's blocking calls never hold a thread of the
/// cooperative pool, and one repository handle is only ever used from one thread.
///
/// ```swift
/// actor Store {
///     private let executor = GitExecutor()
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
/// }
/// ```
public final class GitExecutor: SerialExecutor {
    private let queue: JobQueue

    public init() {
        let queue = JobQueue()
        self.queue = queue
        JobThread.start(queue)
    }

    /// The thread ends after the jobs that it has.
    deinit { queue.close() }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), on: asUnownedSerialExecutor())
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

/// Jobs that wait for the thread.
private final class JobQueue: Sendable {
    private struct State {
        var jobs: [(job: UnownedJob, executor: UnownedSerialExecutor)] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = Semaphore()

    func append(_ job: UnownedJob, on executor: UnownedSerialExecutor) {
        state.withLock { $0.jobs.append((job, executor)) }
        wake.signal()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Runs jobs in order until the queue is closed and empty.
    func run() {
        while true {
            let (jobs, isClosed) = state.withLock { state in
                defer { state.jobs.removeAll() }
                return (state.jobs, state.isClosed)
            }
            for (job, executor) in jobs { job.runSynchronously(on: executor) }
            if jobs.isEmpty {
                if isClosed { return }
                wake.wait()
            }
        }
    }
}

/// A POSIX semaphore.
private final class Semaphore: Sendable {
    // The semaphore must not move, and its functions are safe on every thread (sem_overview(7)).
    private nonisolated(unsafe) let pointer = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(pointer, 0, 0) }

    deinit {
        sem_destroy(pointer)
        pointer.deallocate()
    }

    func signal() { sem_post(pointer) }

    func wait() { while sem_wait(pointer) != 0, errno == EINTR {} }
}

private enum JobThread {
    static func start(_ queue: JobQueue) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 8 << 20)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(queue).toOpaque()
        let result = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(result == 0, "the system gives no thread: \(String(cString: strerror(result)))")
    }
}

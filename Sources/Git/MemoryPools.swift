import CLibgit2

/// What the C library's allocator keeps.
public enum MemoryPools {
    /// Limits how many pools threads take memory from; to be called before there are many threads.
    ///
    /// Each pool keeps what was freed in it, and one in use is never given back whole, so that many pools take more
    /// memory than few for the same work. Threads that find all pools taken wait for each other, but only where their
    /// own small store of freed blocks does not do (glibc, mallopt(3), `M_ARENA_MAX`).
    public static func limit(to count: Int) { rampart_limit_memory_pools(Int32(clamping: count)) }
}

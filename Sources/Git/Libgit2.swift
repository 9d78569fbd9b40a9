import CLibgit2

/// libgit2's process-wide state: started once, never shut down, since other threads may be using it until the end.
enum Libgit2 {
    /// Starts libgit2 and sets its limits; every way into the room reads this first.
    static let isReady: Bool = {
        guard git_libgit2_init() > 0 else { return false }
        // What a person or the machine has configured must not change what a service does.
        for level in [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
        ] {
            _ = rampart_set_search_path(level.rawValue, "")
        }
        // The check of the folder's owner protects people who run git in a stranger's folder, whose configuration may
        // name programs. Here one folder is opened that the operator named, and no program is ever run.
        _ = rampart_set_owner_validation(0)
        // Objects are read once each by a walk; large caches would only hold memory.
        _ = rampart_set_cache_max_size(4 << 20)
        _ = rampart_set_mwindow_size(1 << 20)
        _ = rampart_set_mwindow_mapped_limit(16 << 20)
        // As git does it: zlib's checksum finds damage in reading, `git fsck` finds more. Hashing each object that a
        // walk reads again would be half of its time.
        _ = rampart_set_strict_hash_verification(0)
        // Object files are made durable together by `Repository.flush()`; see `Repository.update` for references.
        _ = rampart_set_fsync_gitdir(0)
        return true
    }()
}

import Glibc

extension Repository {
    /// Makes all objects written since the last flush durable, before a reference may name them.
    ///
    /// The files of a few objects are flushed one by one. With many, as a group of acts makes them, each of them would
    /// wait for the journal anew; one syncfs(2) of the file system then does for all, and reports failed writes too
    /// (Linux 5.8). An object that was there before is flushed as well where it is a loose file, since whoever wrote
    /// it may not have come to that yet.
    /// - Throws: ``GitError`` of the operating system; the objects stay noted for the next flush.
    public func flush() throws(GitError) {
        if unflushed.count > Self.mostFlushedApart {
            try Durability.flushFileSystem(of: "\(path)/objects", operation: "flush \(unflushed.count) objects")
            unflushed.removeAll(keepingCapacity: true)
            return
        }
        var folders: Set<String> = []
        for id in unflushed {
            let digits = id.description
            let folder = "\(path)/objects/\(digits.prefix(2))"
            if try Durability.flush("\(folder)/\(digits.dropFirst(2))", flags: O_RDONLY, operation: "flush \(id.short)")
            {
                folders.insert(folder)
            }
        }
        for folder in folders {
            try Durability.flush(folder, flags: O_RDONLY | O_DIRECTORY, operation: "flush \(folder)")
        }
        if !folders.isEmpty {
            try Durability.flush("\(path)/objects", flags: O_RDONLY | O_DIRECTORY, operation: "flush \(path)/objects")
        }
        unflushed.removeAll(keepingCapacity: true)
    }

    /// Forgets the objects written since the last flush: they were a trial, and no reference will name them.
    public func forgetUnflushed() { unflushed.removeAll() }

    /// About three acts: below that, what others have yet to write to the same disk must not hold up a save.
    private static let mostFlushedApart = 18
}

import Glibc

extension Repository {
    /// Makes all objects written since the last flush durable, before a reference may name them.
    ///
    /// The files of new objects are flushed one after another: the first call makes the file system commit its journal,
    /// the others find little left to do. An object that was there before is flushed too where it is a loose file,
    /// since whoever wrote it may not have come to that yet.
    /// - Throws: ``GitError`` of the operating system; the objects stay noted for the next flush.
    public func flush() throws(GitError) {
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
}

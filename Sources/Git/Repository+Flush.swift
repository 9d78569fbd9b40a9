import CLibgit2
import Glibc

extension Repository {
    /// Makes all objects written since the last flush durable, before a reference may name them.
    ///
    /// The files of a few objects are flushed one by one. With many, as a group of acts makes them, each of them would
    /// wait for the journal anew; one syncfs(2) of the file system then does for all, and reports failed writes too
    /// (Linux 5.8). An object that was there before is flushed as well where it is a loose file, since whoever wrote
    /// it may not have come to that yet.
    /// - Throws: ``GitError`` of the operating system; the objects stay noted for the next flush, which writes their files
    ///   anew.
    public func flush() throws(GitError) {
        try writeDoubtfulAgain()
        do throws(GitError) {
            try flushNoted()
        } catch {
            doubtful.formUnion(unflushed)
            throw error
        }
    }

    private func flushNoted() throws(GitError) {
        if unflushed.count > Self.mostFlushedApart {
            try Durability.flushFileSystem(of: "\(path)/objects", operation: "flush \(unflushed.count) objects")
            unflushed.removeAll(keepingCapacity: true)
            return
        }
        var folders: Set<String> = []
        for id in unflushed {
            if try Durability.flush(looseFile(of: id), flags: O_RDONLY, operation: "flush \(id.short)") {
                folders.insert(looseFolder(of: id))
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

    private func looseFolder(of id: ObjectID) -> String { "\(path)/objects/\(id.description.prefix(2))" }
    private func looseFile(of id: ObjectID) -> String { "\(looseFolder(of: id))/\(id.description.dropFirst(2))" }
}

extension Repository {
    /// Writes objects anew that a flush has failed for.
    ///
    /// After a failed fsync(2) the kernel takes what it could not write for written: the next one succeeds, whatever is on
    /// the disk, and libgit2 does not write an object that is there.
    private func writeDoubtfulAgain() throws(GitError) {
        for id in doubtful {
            let file = looseFile(of: id)
            if let bytes = Self.content(of: file) {
                guard let object = try? LooseObject(bytes), Self.id(of: object) == id else {
                    unlink(file)
                    throw GitError(
                        .failed, "\(file) was not written whole; it is removed, and written at the next try",
                        category: .operatingSystem, operation: "flush \(id.short)")
                }
                try Durability.replace(file, with: bytes, operation: "flush \(id.short)")
                unflushed.insert(id)
            }
            doubtful.remove(id)
        }
    }

    private static func id(of object: LooseObject) -> ObjectID? {
        var oid = git_oid()
        let result = object.bytes.withUnsafeBytes {
            git_odb_hash(&oid, $0.baseAddress, $0.count, git_object_string2type(object.kind))
        }
        return result == 0 ? ObjectID(oid) : nil
    }
}

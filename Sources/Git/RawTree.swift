import Glibc

/// The entries of a tree object, read in place: no text is made of an entry that nobody looks at.
struct RawTree: Sendable {
    /// One entry as offsets into the tree's bytes.
    struct Entry {
        let mode: UInt32
        let name: Range<Int>
        let id: Range<Int>

        var isTree: Bool { mode & 0o170000 == 0o040000 }
    }

    static let empty = RawTree(bytes: [])

    let bytes: [UInt8]

    /// The entry that begins at an offset, and where the next one begins.
    ///
    /// The form is `<mode in octal> <name>\0<20 bytes>`.
    static func entry(
        _ bytes: UnsafeRawBufferPointer, at offset: Int
    ) throws(GitError) -> (entry: Entry, next: Int) {
        var index = offset
        var mode: UInt32 = 0
        while index < bytes.count, bytes[index] != 0x20 {
            mode = mode << 3 | UInt32(bytes[index] & 7)
            index += 1
        }
        let name = index + 1
        index = name
        while index < bytes.count, bytes[index] != 0 { index += 1 }
        guard index + 20 < bytes.count else {
            throw GitError(.invalid, "it ends in the middle of an entry", operation: "read a tree")
        }
        return (Entry(mode: mode, name: name..<index, id: index + 1..<index + 21), index + 21)
    }

    static func treeEntry(_ bytes: UnsafeRawBufferPointer, _ entry: Entry) -> TreeEntry {
        TreeEntry(
            name: String(decoding: UnsafeRawBufferPointer(rebasing: bytes[entry.name]), as: UTF8.self),
            kind: EntryKind(mode: entry.mode),
            id: ObjectID(bytes: UnsafeRawBufferPointer(rebasing: bytes[entry.id])))
    }

    func entries() throws(GitError) -> [TreeEntry] {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(GitError) in
                var entries: [TreeEntry] = []
                var offset = 0
                while offset < bytes.count {
                    let (entry, next) = try RawTree.entry(bytes, at: offset)
                    entries.append(RawTree.treeEntry(bytes, entry))
                    offset = next
                }
                return entries
            }
        }
        return try result.get()
    }

    /// The entry of a name; nil where there is none.
    func entry(named name: String) throws(GitError) -> TreeEntry? {
        let wanted = Array(name.utf8)
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(GitError) -> TreeEntry? in
                var offset = 0
                while offset < bytes.count {
                    let (entry, next) = try RawTree.entry(bytes, at: offset)
                    if entry.name.count == wanted.count, bytes[entry.name].elementsEqual(wanted) {
                        return RawTree.treeEntry(bytes, entry)
                    }
                    offset = next
                }
                return nil
            }
        }
        return try result.get()
    }

    /// Walks two trees side by side and reports each name at which they differ.
    ///
    /// A file and a folder of one name are two different names, as in git's order.
    static func differences(
        _ old: RawTree, _ new: RawTree
    ) throws(GitError) -> [(old: TreeEntry?, new: TreeEntry?)] {
        let result = old.bytes.withUnsafeBytes { left in
            new.bytes.withUnsafeBytes { right in
                Result { () throws(GitError) in try differences(left, right) }
            }
        }
        return try result.get()
    }

    private static func differences(
        _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
    ) throws(GitError) -> [(old: TreeEntry?, new: TreeEntry?)] {
        var found: [(old: TreeEntry?, new: TreeEntry?)] = []
        var (leftOffset, rightOffset) = (0, 0)
        while leftOffset < left.count || rightOffset < right.count {
            let same = equalEntries(left, leftOffset, right, rightOffset)
            (leftOffset, rightOffset) = (leftOffset + same, rightOffset + same)
            guard leftOffset < left.count || rightOffset < right.count else { break }
            let old = leftOffset < left.count ? try entry(left, at: leftOffset) : nil
            let new = rightOffset < right.count ? try entry(right, at: rightOffset) : nil
            let order: Int
            switch (old, new) {
            case (nil, _): order = 1
            case (_, nil): order = -1
            case (let old?, let new?): order = compare(left, old.entry, right, new.entry)
            }
            if order <= 0, let old { leftOffset = old.next }
            if order >= 0, let new { rightOffset = new.next }
            if order == 0, let old, let new {
                if old.entry.mode == new.entry.mode, equal(left, old.entry.id, right, new.entry.id) { continue }
                found.append((treeEntry(left, old.entry), treeEntry(right, new.entry)))
            } else if order < 0, let old {
                found.append((treeEntry(left, old.entry), nil))
            } else if let new {
                found.append((nil, treeEntry(right, new.entry)))
            }
        }
        return found
    }

    /// How many bytes of whole entries are the same from two places on: most of two large trees is.
    private static func equalEntries(
        _ left: UnsafeRawBufferPointer, _ leftOffset: Int, _ right: UnsafeRawBufferPointer, _ rightOffset: Int
    ) -> Int {
        guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else { return 0 }
        let (first, second) = (leftStart + leftOffset, rightStart + rightOffset)
        let common = min(left.count - leftOffset, right.count - rightOffset)
        var done = 0
        while done < common, let end = memchr(first + done, 0, common - done) {
            let length = first.distance(to: UnsafeRawPointer(end)) + 21 - done
            guard done + length <= common, memcmp(first + done, second + done, length) == 0 else { break }
            done += length
        }
        return done
    }

    private static func equal(
        _ left: UnsafeRawBufferPointer, _ leftRange: Range<Int>, _ right: UnsafeRawBufferPointer,
        _ rightRange: Range<Int>
    ) -> Bool {
        leftRange.count == rightRange.count && left[leftRange].elementsEqual(right[rightRange])
    }

    /// Git's order of tree entries: by bytes, a folder as if its name ended with a slash.
    private static func compare(
        _ left: UnsafeRawBufferPointer, _ old: Entry, _ right: UnsafeRawBufferPointer, _ new: Entry
    ) -> Int {
        let common = min(old.name.count, new.name.count)
        for index in 0..<common {
            let (first, second) = (left[old.name.lowerBound + index], right[new.name.lowerBound + index])
            if first != second { return first < second ? -1 : 1 }
        }
        let first = common < old.name.count ? left[old.name.lowerBound + common] : old.isTree ? UInt8(ascii: "/") : 0
        let second = common < new.name.count ? right[new.name.lowerBound + common] : new.isTree ? UInt8(ascii: "/") : 0
        return first == second ? 0 : first < second ? -1 : 1
    }
}

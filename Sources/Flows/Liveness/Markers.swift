import CBeneath
import Glibc

/// The marks that components leave in a volume to show that they can write to it, and read to see who can:
/// `.RAMPART/<component>/<edge>.in` with the word `foo` in it.
struct Markers: Sendable {
    private static let word = Array("foo".utf8)
    private static let suffix = ".in"
    /// More components than a graph has.
    private static let most = 10_000

    /// Writes a component's mark, unless it is there.
    ///
    /// - Parameter mount: where the volume is mounted.
    /// - Returns: whether the mark is there and can be read.
    static func mark(_ mount: String, component: String, edge: String) -> Bool {
        guard let volume = try? Descriptor.folder(mount) else { return false }
        if has(volume, component, edge) { return true }
        guard let folder = make(".RAMPART", in: volume).flatMap({ make(component, in: $0) }) else { return false }
        // Under another name first: nobody reads half a mark.
        let (name, temporary) = (edge + suffix, ".\(edge).\(UInt32.random(in: .min ... .max))")
        let file = openat(folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard file >= 0 else { return false }
        let wrote = write(file, word, word.count) == word.count
        close(file)
        guard wrote, renameat(folder.number, temporary, folder.number, name) == 0 else {
            unlinkat(folder.number, temporary, 0)
            return false
        }
        return has(volume, component, edge)
    }

    /// The marks in a volume that can be read.
    ///
    /// - Returns: component and edge, in order; nil where the volume cannot be read.
    static func all(_ mount: String) -> [(component: String, edge: String)]? {
        guard let volume = try? Descriptor.folder(mount) else { return nil }
        guard let folder = try? volume.open(beneath: [".RAMPART"], O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            let components = FolderReader.names(folder)
        else { return [] }
        var found: [(component: String, edge: String)] = []
        for (component, _) in components.prefix(most) {
            guard let inner = try? folder.open(beneath: [component], O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else {
                continue
            }
            for (name, _) in FolderReader.names(inner) ?? [] where name.hasSuffix(suffix) {
                let edge = String(name.dropLast(suffix.count))
                if has(volume, component, edge) { found.append((component, edge)) }
            }
        }
        return found.sorted { ($0.component, $0.edge) < ($1.component, $1.edge) }
    }

    private static func has(_ volume: Descriptor, _ component: String, _ edge: String) -> Bool {
        let path = [".RAMPART", component, edge + suffix]
        guard let file = try? volume.open(beneath: path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW),
            (try? file.status().kind) == .file
        else { return false }
        var bytes = [UInt8](repeating: 0, count: word.count + 1)
        let count = read(file.number, &bytes, bytes.count)
        return count == word.count && Array(bytes.prefix(count)) == word
    }

    private static func make(_ name: String, in folder: Descriptor) -> Descriptor? {
        mkdirat(folder.number, name, 0o755)
        return try? folder.open(beneath: [name], O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }
}

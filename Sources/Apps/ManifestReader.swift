import Dispatch
import Git
import Graphs
import JSONValues
import Synchronization

/// Reads manifests out of blobs, each once in a fold, many at a time on all cores.
///
/// Texts go to the graph store as soon as they are parsed.
final class ManifestReader {
    private struct Key: Hashable {
        let blob: ObjectID
        let format: ManifestFormat
    }

    private let repository: Repository
    private let store: GraphStore?
    private var known: [Key: Reading] = [:]

    /// Files that could not be read, as their object is missing or damaged.
    private(set) var lost: Set<ObjectID> = []

    /// Whether readings keep their text although the store has it: right for a few, too much for very many.
    var keepsTexts = true

    /// Larger files are no manifests; the REST API takes no larger ones either.
    static let maximumSize = 3 << 20

    init(repository: Repository, store: GraphStore?) {
        self.repository = repository
        self.store = store
    }

    /// Forgets everything read, at the end of a fold.
    func forget() { known.removeAll() }

    /// The bytes of a file that is no manifest.
    ///
    /// - Throws: also where it is larger than a manifest may be.
    func file(_ blob: ObjectID) throws(GitError) -> [UInt8] {
        do throws(GitError) { return try repository.blob(blob, atMost: Self.maximumSize) } catch {
            if error.isDamage { lost.insert(blob) }
            throw error
        }
    }

    /// Whether something that was lost can be read again; a few are tried each time.
    ///
    /// What is still lost is noted again by whoever reads it then.
    func hasFoundAgain() -> Bool {
        guard lost.shuffled().prefix(8).contains(where: { (try? repository.blob($0)) != nil }) else { return false }
        lost.removeAll()
        return true
    }

    /// Reads one manifest.
    func read(_ blob: ObjectID, path: String) throws(GitError) -> Reading {
        let key = Key(blob: blob, format: ManifestFormat(path: path) ?? .yaml)
        if let reading = known[key] { return reading.naming(path) }
        let reading = Self.parse(try content(of: blob), format: key.format)
        return keep(reading, for: key).naming(path)
    }

    /// Takes in a manifest that was just written as a blob, so that it need not be parsed.
    func remember(_ manifest: Manifest, blob: ObjectID, path: String) {
        let key = Key(blob: blob, format: ManifestFormat(path: path) ?? .yaml)
        if known[key] == nil { _ = keep(.good(GoodManifest(manifest)), for: key) }
    }

    /// Reads many manifests at once, so that ``read(_:path:)`` finds them.
    func prepare(_ wanted: [(blob: ObjectID, path: String)]) throws(GitError) {
        var keys: [Key] = []
        var texts: [Content] = []
        var size = 0
        for (blob, path) in wanted {
            let key = Key(blob: blob, format: ManifestFormat(path: path) ?? .yaml)
            if known[key] != nil { continue }
            known[key] = .bad([])  // stands in its place until it is parsed
            keys.append(key)
            texts.append(try content(of: blob))
            size += texts.last?.count ?? 0
            if size > Self.batchSize {
                parse(keys, texts)
                sinceDrop += size
                (keys, texts, size) = ([], [], 0)
            }
        }
        parse(keys, texts)
        sinceDrop += size
        if sinceDrop > Self.cachedSize {
            repository.dropCaches()
            sinceDrop = 0
        }
    }

    /// How much is parsed at once: enough for all cores, little enough to hold.
    private static let batchSize = 512 << 10
    /// How much may be read before git's caches of it are given back.
    private static let cachedSize = 1 << 20
    private var sinceDrop = 0

    private func parse(_ keys: [Key], _ texts: [Content]) {
        let results = Mutex<[Reading?]>(Array(repeating: nil, count: keys.count))
        let formats = keys.map(\.format)
        // Blocks this thread, which is git's own, while all cores parse.
        DispatchQueue.concurrentPerform(iterations: keys.count) { index in
            let reading = Self.parse(texts[index], format: formats[index])
            results.withLock { $0[index] = reading }
        }
        let readings = results.withLock { $0 }
        for (key, reading) in zip(keys, readings) {
            known[key] = nil
            if let reading { _ = keep(reading, for: key) }
        }
    }

    /// What a blob holds.
    private enum Content {
        case bytes([UInt8])
        /// Why it is not looked into.
        case unread(String)

        var count: Int { if case .bytes(let bytes) = self { bytes.count } else { 0 } }
    }

    /// - Throws: what may pass, such as too many open files. An object that is missing or damaged is its app's problem
    ///   alone: it must not hold up the other apps, nor the commit that mends it.
    private func content(of blob: ObjectID) throws(GitError) -> Content {
        do throws(GitError) {
            guard try repository.blobSize(blob) <= Self.maximumSize else {
                return .unread("larger than \(Self.maximumSize >> 20) MiB")
            }
            return .bytes(try repository.blob(blob))
        } catch {
            guard error.isDamage else { throw error }
            lost.insert(blob)
            return .unread("\(error); 'git fsck' says what else is missing")
        }
    }

    private static func parse(_ content: Content, format: ManifestFormat) -> Reading {
        switch content {
        case .unread(let why): return .bad([Problem(path: "", message: why)])
        case .bytes(let bytes):
            do throws(Problems) {
                return .good(GoodManifest(try Manifest(reading: bytes, format: format)))
            } catch {
                return .bad(error.list)
            }
        }
    }

    private func keep(_ reading: Reading, for key: Key) -> Reading {
        var reading = reading
        if case .good(var manifest) = reading, let text = manifest.text {
            manifest.extent = store?.append(text.json)
            if manifest.extent != nil, !keepsTexts { manifest.text = nil }
            reading = .good(manifest)
        }
        known[key] = reading
        return reading
    }
}

extension GoodManifest {
    init(_ manifest: Manifest) {
        self.init(
            namespace: manifest.namespace, name: manifest.name, facts: ManifestFacts(manifest),
            text: GraphText(manifest), extent: nil)
    }
}

extension Reading {
    /// The same with problems that name the file.
    func naming(_ path: String) -> Reading {
        guard case .bad(let problems) = self else { return self }
        return .bad(
            problems.map { problem in
                var problem = problem
                problem.file = path
                return problem
            })
    }
}

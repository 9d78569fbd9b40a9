import Access
import Apps
import Crypto
import Git
import HashTreeCollections
import JSONValues
import NIOCore
import Sync

/// The encoded list of all apps at one moment.
///
/// It is kept in chunks of rows. The next page shares every chunk in which no row has changed, so that a save among a
/// thousand apps encodes one row and copies one chunk, and two pages take little more memory than one.
struct AppListPage: Sendable {
    /// What a row was made of; equal keys make equal rows.
    struct RowKey: Hashable, Sendable {
        var commit: ObjectID
        var uid: String
        var resourceVersion: String
    }

    struct Row: Sendable {
        var id: AppID
        var key: RowKey
        /// Where the row ends in its chunk.
        var end: Int
    }

    /// Rows with a comma between them, without one at the ends.
    struct Chunk: Sendable {
        var rows: [Row] = []
        var bytes = ByteBuffer()

        func bytes(ofRow index: Int) -> ByteBufferView {
            let start = index == 0 ? 0 : rows[index - 1].end + 1
            return bytes.viewBytes(at: bytes.readerIndex + start, length: rows[index].end - start)
                ?? ByteBufferView(ByteBuffer())
        }
    }

    /// What a page was made of.
    struct Source: Hashable, Sendable {
        var sequence: UInt64
        var revision: UInt64
    }

    private(set) var source: Source
    private(set) var chunks: [Chunk] = []
    private(set) var tag = EntityTag(digest: "empty")

    static let rowsPerChunk = 64

    init(source: Source, snapshot: Snapshot, observed: TreeDictionary<AppID, ObservedGraph>) {
        self.source = source
        rebuild(snapshot.apps.keys.sorted(), snapshot, observed, rows: [:])
        seal()
    }

    /// The page after a change, sharing with this one what is the same.
    func updated(
        to source: Source, snapshot: Snapshot, observed: TreeDictionary<AppID, ObservedGraph>
    ) -> AppListPage {
        var page = self
        page.source = source
        let count = chunks.reduce(0) { $0 + $1.rows.count }
        let isSameSet =
            count == snapshot.apps.count && chunks.allSatisfy { $0.rows.allSatisfy { snapshot.apps[$0.id] != nil } }
        var hasChanged = false
        if isSameSet {
            for index in chunks.indices {
                if let chunk = Self.updated(chunks[index], snapshot, observed) {
                    page.chunks[index] = chunk
                    hasChanged = true
                }
            }
        } else {
            var rows: [AppID: (key: RowKey, bytes: ByteBufferView)] = [:]
            for chunk in chunks {
                for (index, row) in chunk.rows.enumerated() { rows[row.id] = (row.key, chunk.bytes(ofRow: index)) }
            }
            page.rebuild(snapshot.apps.keys.sorted(), snapshot, observed, rows: rows)
            hasChanged = true
        }
        if hasChanged { page.seal() }
        return page
    }

    /// The chunk with its changed rows encoded anew; nil where none has changed.
    private static func updated(
        _ chunk: Chunk, _ snapshot: Snapshot, _ observed: TreeDictionary<AppID, ObservedGraph>
    ) -> Chunk? {
        let keys = chunk.rows.map { key($0.id, snapshot, observed) }
        guard zip(chunk.rows, keys).contains(where: { $0.key != $1 }) else { return nil }
        var new = Chunk()
        new.rows.reserveCapacity(chunk.rows.count)
        new.bytes.reserveCapacity(chunk.bytes.readableBytes + 1_024)
        for (index, row) in chunk.rows.enumerated() {
            let isSame = row.key == keys[index]
            append(
                row.id, keys[index], isSame ? chunk.bytes(ofRow: index) : nil, to: &new, snapshot, observed)
        }
        return new
    }

    private mutating func rebuild(
        _ ids: [AppID], _ snapshot: Snapshot, _ observed: TreeDictionary<AppID, ObservedGraph>,
        rows: [AppID: (key: RowKey, bytes: ByteBufferView)]
    ) {
        chunks = []
        var rest = ids[...]
        while !rest.isEmpty {
            var chunk = Chunk()
            for id in rest.prefix(Self.rowsPerChunk) {
                let key = Self.key(id, snapshot, observed)
                let old = rows[id].flatMap { $0.key == key ? $0.bytes : nil }
                Self.append(id, key, old, to: &chunk, snapshot, observed)
            }
            chunks.append(chunk)
            rest = rest.dropFirst(Self.rowsPerChunk)
        }
    }

    private static func key(
        _ id: AppID, _ snapshot: Snapshot, _ observed: TreeDictionary<AppID, ObservedGraph>
    ) -> RowKey {
        let graph = observed[id]
        return RowKey(
            commit: snapshot.apps[id]?.lastCommit ?? .zero, uid: graph?.uid ?? "",
            resourceVersion: graph?.resourceVersion ?? "")
    }

    private static func append(
        _ id: AppID, _ key: RowKey, _ encoded: ByteBufferView?, to chunk: inout Chunk, _ snapshot: Snapshot,
        _ observed: TreeDictionary<AppID, ObservedGraph>
    ) {
        if !chunk.rows.isEmpty { chunk.bytes.writeInteger(UInt8(ascii: ",")) }
        if let encoded {
            chunk.bytes.writeBytes(encoded)
        } else if let app = snapshot.apps[id] {
            var out = JSONWriter()
            out.output.reserveCapacity((app.graph?.json.count ?? 0) + 1_024)
            AppRow.write(AppView(app: app, observed: observed[id], sync: nil, hasSeenCluster: true), to: &out)
            chunk.bytes.writeBytes(out.output)
        }
        chunk.rows.append(Row(id: id, key: key, end: chunk.bytes.readableBytes))
    }

    /// Reckons the tag: a digest of what the rows were made of, so that it is the same after a restart.
    private mutating func seal() {
        tag = Self.tag(of: chunks.lazy.flatMap(\.rows))
        body = makeBody()
    }

    private static func tag(of rows: some Sequence<Row>) -> EntityTag {
        var digest = Insecure.MD5()
        for row in rows {
            var text = "\(row.id)\n"
            text += "\(row.key.commit)\n\(row.key.uid)\n\(row.key.resourceVersion)\n"
            text.withUTF8 { digest.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        }
        let hex = digest.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        return EntityTag(digest: hex.joined())
    }

    // MARK: - Parts

    /// The rows of some namespaces.
    struct Part: Sendable {
        var source: Source
        var tag: EntityTag
        var body: [ByteBuffer]
    }

    /// The list with only what a caller may see; its tag tells nothing of the rest.
    func part(_ visible: Visibility) -> Part {
        var rows: [Row] = []
        var bytes = ByteBuffer(string: "[")
        for chunk in chunks {
            for (index, row) in chunk.rows.enumerated() where visible.contains(row.id.namespace) {
                if !rows.isEmpty { bytes.writeInteger(UInt8(ascii: ",")) }
                bytes.writeBytes(chunk.bytes(ofRow: index))
                rows.append(row)
            }
        }
        bytes.writeInteger(UInt8(ascii: "]"))
        return Part(source: source, tag: Self.tag(of: rows), body: [bytes])
    }

    // MARK: - Sending

    /// The buffers of the whole body.
    private(set) var body: [ByteBuffer] = []

    private func makeBody() -> [ByteBuffer] {
        var buffers = [ByteBuffer(string: "[")]
        for (index, chunk) in chunks.enumerated() {
            if index > 0 { buffers.append(ByteBuffer(string: ",")) }
            buffers.append(chunk.bytes)
        }
        buffers.append(ByteBuffer(string: "]"))
        return buffers
    }
}

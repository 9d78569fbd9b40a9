import Git
import Graphs

// How an app and its parts stand in the fold cache; writing and reading side by side.

extension ByteWriter {
    mutating func app(_ app: App) {
        text(app.id.namespace)
        text(app.id.name)
        id(app.lastCommit)
        timestamp(app.lastEdit)
        list(app.files) { writer, file in
            writer.text(file.name)
            writer.number(file.kind.number)
            writer.id(file.id)
        }
        list(app.problems) { $0.problem($1) }
        list(app.versions) { $0.version($1) }
        optional(app.live) { writer, live in
            writer.graph(
                path: live.path, version: live.version, blob: live.blob, commit: live.commit, since: live.since,
                facts: live.facts, extent: live.extent)
        }
        optional(app.draft) { writer, draft in
            writer.graph(
                path: draft.path, version: draft.version, blob: draft.blob, commit: draft.commit, since: draft.since,
                facts: draft.facts, extent: draft.extent)
        }
    }

    private mutating func version(_ version: Version) {
        id(version.commit)
        id(version.blob)
        text(version.author.name)
        text(version.author.email)
        signed(version.author.seconds)
        signed(Int64(version.author.offsetMinutes))
        timestamp(version.created)
        text(version.message)
        optional(version.lastMadeLive) { $0.timestamp($1) }
        hash(version.contentHash)
        flag(version.format == .json)
        optional(version.extent) { $0.extent($1) }
    }

    private mutating func graph(
        path: String, version: Int, blob: ObjectID, commit: ObjectID, since: Timestamp, facts: ManifestFacts,
        extent: Extent?
    ) {
        text(path.split(separator: "/").last.map(String.init) ?? "")
        number(version)
        id(blob)
        id(commit)
        timestamp(since)
        hash(facts.hash)
        flag(facts.deploys)
        flag(facts.isReadOnly)
        text(facts.description)
        text(facts.labels)
        optional(extent) { $0.extent($1) }
    }

    mutating func timestamp(_ time: Timestamp) {
        signed(time.seconds)
        signed(Int64(time.offsetMinutes))
    }

    mutating func problem(_ problem: Problem) {
        optional(problem.file) { $0.text($1) }
        optional(problem.line) { $0.number($1) }
        optional(problem.column) { $0.number($1) }
        text(problem.path)
        text(problem.message)
    }

    private mutating func hash(_ hash: ContentHash) {
        fixed(hash.high)
        fixed(hash.low)
    }

    private mutating func extent(_ extent: Extent) {
        number(extent.offset)
        number(extent.length)
    }
}

extension ByteReader {
    mutating func app() throws(Malformed) -> App {
        let namespace = try text()
        guard let id = AppID(namespace: namespace, name: try text()) else { throw Malformed() }
        var app = App(id: id, lastCommit: try self.id(), lastEdit: try timestamp())
        app.files = try list { reader throws(Malformed) in
            let name = try reader.text()
            guard let kind = EntryKind(number: try reader.count()) else { throw Malformed() }
            return ManifestFile(name: name, kind: kind, id: try reader.id())
        }
        app.problems = try list { reader throws(Malformed) in try reader.problem() }
        for number in 0..<(try count()) { app.append(try version(number: number + 1)) }
        let count = app.versions.count
        app.live = try optional { reader throws(Malformed) in
            let graph = try reader.graph(folder: id.folder, versions: count)
            return LiveGraph(
                path: graph.path, version: graph.version, blob: graph.blob, commit: graph.commit, since: graph.since,
                graph: .missing, facts: graph.facts, extent: graph.extent)
        }
        app.draft = try optional { reader throws(Malformed) in
            let graph = try reader.graph(folder: id.folder, versions: count)
            return Draft(
                path: graph.path, version: graph.version, blob: graph.blob, commit: graph.commit, since: graph.since,
                graph: .missing, facts: graph.facts, extent: graph.extent)
        }
        return app
    }

    private mutating func version(number: Int) throws(Malformed) -> Version {
        let (commit, blob) = (try id(), try id())
        let author = Signature(
            name: try text(), email: try text(), seconds: try signed(), offsetMinutes: Int(try signed()))
        let (created, message) = (try timestamp(), try text())
        let lastMadeLive = try optional { reader throws(Malformed) in try reader.timestamp() }
        let contentHash = try hash()
        let format: ManifestFormat = try flag() ? .json : .yaml
        return Version(
            number: number, commit: commit, blob: blob, author: author, created: created, message: message,
            lastMadeLive: lastMadeLive, contentHash: contentHash, format: format,
            extent: try optional { reader throws(Malformed) in try reader.extent() })
    }

    private struct Graph {
        var path: String
        var version: Int
        var blob, commit: ObjectID
        var since: Timestamp
        var facts: ManifestFacts
        var extent: Extent?
    }

    private mutating func graph(folder: String, versions: Int) throws(Malformed) -> Graph {
        let path = "\(folder)/\(try text())"
        let version = try count()
        guard (1...max(1, versions)).contains(version), versions > 0 else { throw Malformed() }
        let (blob, commit, since) = (try id(), try id(), try timestamp())
        let facts = ManifestFacts(
            hash: try hash(), deploys: try flag(), isReadOnly: try flag(), description: try text(),
            labels: try text())
        return Graph(
            path: path, version: version, blob: blob, commit: commit, since: since, facts: facts,
            extent: try optional { reader throws(Malformed) in try reader.extent() })
    }

    mutating func timestamp() throws(Malformed) -> Timestamp {
        Timestamp(seconds: try signed(), offsetMinutes: Int(try signed()))
    }

    mutating func problem() throws(Malformed) -> Problem {
        let file = try optional { reader throws(Malformed) in try reader.text() }
        let line = try optional { reader throws(Malformed) in try reader.count() }
        let column = try optional { reader throws(Malformed) in try reader.count() }
        return Problem(file: file, line: line, column: column, path: try text(), message: try text())
    }

    private mutating func hash() throws(Malformed) -> ContentHash {
        ContentHash(high: try fixed(), low: try fixed())
    }

    private mutating func extent() throws(Malformed) -> Extent {
        let offset = try number()
        guard let length = UInt32(exactly: try number()) else { throw Malformed() }
        return Extent(offset: offset, length: length)
    }
}

extension EntryKind {
    fileprivate var number: Int {
        switch self {
        case .file: 0
        case .executable: 1
        case .link: 2
        case .tree: 3
        case .submodule: 4
        }
    }

    fileprivate init?(number: Int) {
        let kinds: [EntryKind] = [.file, .executable, .link, .tree, .submodule]
        guard kinds.indices.contains(number) else { return nil }
        self = kinds[number]
    }
}

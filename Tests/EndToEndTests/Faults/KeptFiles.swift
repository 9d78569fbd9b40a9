import Foundation
import JSONValues
import TestSupport
import Testing

/// What a service keeps beside its repository, held against what history alone says.
struct KeptFiles {
    static let indexes = ["apps.json", "versions.json", "dashboard.json", "configs.json"]

    let data: String
    let kubeconfig: String
    let folder: TemporaryFolder

    private var index: String { data + "/index" }

    /// The index files come back byte for byte, and so do the caches as far as their bytes follow from history.
    ///
    /// Of the caches, a process that goes on from those that were kept writes the same index files and tells the same
    /// history as one that has none, and two that have none write the same caches. Kept ones are not held against new ones
    /// byte by byte: the texts in `fold.graphs` lie in the order in which processes came to them, beside those of acts that
    /// were tried and came to nothing, and `fold.state` says where (FoldBytesTests look into both).
    ///
    /// - Parameter apps: the ids of all apps that there are, or were.
    func areWhatHistorySays(_ apps: [String]) async throws {
        try await Command.output(RunningService.program, ["index", "--data", data, "--out", folder.appending("again")])
        try areThoseOfHistory("that were kept")
        let kept = try texts()
        for file in Self.indexes { try FileManager.default.removeItem(atPath: "\(index)/\(file)") }
        let (known, isKnownFromCache) = try await start(apps)
        #expect(isKnownFromCache, "the caches that were kept are not used")
        try areThoseOfHistory("out of the caches")
        var caches: [[Data]] = []
        for attempt in ["first", "second"] {
            try FileManager.default.removeItem(atPath: index)
            let (anew, isFromCache) = try await start(apps)
            #expect(anew == known, "\(attempt)")
            #expect(!isFromCache)
            try areThoseOfHistory("made anew, \(attempt)")
            #expect(try !texts().isEmpty && texts().isSubset(of: kept), "a text that was not kept")
            caches.append(try [bytes("fold.graphs", but: 8..<16, end: 0), bytes("fold.state", but: 16..<24, end: 8)])
        }
        #expect(caches[0] == caches[1])
    }

    private func areThoseOfHistory(_ which: Comment) throws {
        for file in Self.indexes {
            #expect(try folder.read("again/\(file)") == Data(contentsOf: url(file)), "\(file) \(which)")
        }
    }

    private func url(_ file: String) -> URL { URL(fileURLWithPath: "\(index)/\(file)") }

    /// A cache without the eight bytes that are drawn by lot, and without the sum over them at its end.
    private func bytes(_ file: String, but lot: Range<Int>, end sum: Int) throws -> Data {
        var bytes = try Data(contentsOf: url(file)).dropLast(sum)
        bytes.replaceSubrange(lot, with: Data(count: 8))
        return bytes
    }

    /// The texts in `fold.graphs`: behind sixteen bytes the length of each in four, a sum in eight, the text.
    private func texts() throws -> Set<Data> {
        var rest = try Data(contentsOf: url("fold.graphs")).dropFirst(16)
        var texts: Set<Data> = []
        while rest.count >= 12 {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            texts.insert(Data(rest.dropFirst(12).prefix(length)))
            rest = rest.dropFirst(12 + length)
        }
        #expect(rest.isEmpty)
        return texts
    }

    /// Starts a service on what is there, and ends it.
    ///
    /// - Returns: what it says of each app's history, and whether it went on from its caches.
    private func start(_ apps: [String]) async throws -> (histories: [JSON], isFromCache: Bool) {
        let histories = try await RunningService.with(data: data, kubeconfig: kubeconfig) { service in
            var histories: [JSON] = []
            for app in apps {
                var next = ""
                repeat {
                    let page = try await service.request("GET", "/api/v1/apps/\(app)/history?limit=100\(next)")
                    #expect(page.status == 200 && page.body["commits"]?.array?.isEmpty == false, "\(app): \(page)")
                    histories.append(page.body)
                    next = page.body["next"]?.string.map { "&before=\($0)" } ?? ""
                } while !next.isEmpty
            }
            return histories
        }
        let log = try String(contentsOfFile: data + ".log", encoding: .utf8)
        return (histories, !log.contains("folded the whole history"))
    }
}

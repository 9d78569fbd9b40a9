import Git
import Glibc

/// Puts a repository in order once: each step leaves it sound, wherever it is broken off.
///
/// No step removes an object that is not durable in a pack, but ``prune(_:)``, which removes what is old and what nothing
/// leads to.
struct Pass {
    private(set) var git: GitTool
    let options: HousekeepingOptions
    /// The time of files, in seconds since 1970.
    let now: @Sendable () -> Int
    /// What the references named when all that was reachable had been packed; nothing is looked at again from there on.
    var packedTips: Set<String> = []

    private var repository: String { git.repository }

    /// - Parameter note: told of each step before it begins.
    nonisolated(nonsending) mutating func run(_ occasion: Occasion, note: (HousekeepingStep) -> Void) async throws
        -> PassReport
    {
        let start = ContinuousClock.now
        var report = PassReport(occasion)
        note(.clear)
        report.cleared = Leftovers.clear(in: repository, now: now())
        if let opened = try? Repository(opening: repository) {
            report.cleared += opened.removeStaleLocks(olderThan: .seconds(10))
        }
        var census = take()
        report.before = census
        git.niceness = Occasion.niceness(loose: census.looseObjects, options)
        if census.looseObjects >= occasion.leastLooseObjects(options) {
            if fits(census.looseBytes, census, "packing loose objects", &report) {
                note(.packLooseObjects(census.looseObjects))
                report.leftOver = max(0, census.looseObjects - (try await packLooseObjects(occasion)))
                census = take()
            }
        }
        try await rollUp(occasion, &census, &report, note)
        if census.looseReferences >= options.looseReferences || occasion == .full {
            note(.packReferences(census.looseReferences))
            _ = try await git.run(["pack-refs", "--all", "--prune"])
        }
        let logs = ReferenceLogs.older(than: now() - seconds(options.reflog) * 11 / 10, in: repository)
        if !logs.isEmpty {
            note(.expireLogs)
            // The same age for both: then git need not find out what is reachable while it holds the branch's lock.
            let expiry = "\(now() - seconds(options.reflog))"
            _ = try await git.run(["reflog", "expire", "--expire=\(expiry)", "--expire-unreachable=\(expiry)"] + logs)
        }
        if census.oldLooseObjects > 0 {
            note(.prune(census.oldLooseObjects))
            report.pruned = try await prune()
        }
        report.after = take()
        report.took = ContinuousClock.now - start
        return report
    }

    private func take() -> Census { Census(of: repository, old: now() - seconds(options.grace)) }

    private func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }

    /// Whether there is room for what is written before the old is removed.
    private func fits(_ bytes: Int, _ census: Census, _ what: String, _ report: inout PassReport) -> Bool {
        let share = Int(Double(census.diskBytes) * min(options.reservedShare, 1))
        let reserved = min(options.reservedBytes, share)
        if Self.fits(bytes, free: census.freeBytes, reserved: reserved) { return true }
        report.postponed =
            "the disk is too full for \(what): \(bytes >> 20) MiB to write, \(census.freeBytes >> 20) free"
        return false
    }

    static func fits(_ bytes: Int, free: Int, reserved: Int) -> Bool { free - reserved >= bytes + bytes / 8 }

    /// Makes a pack of the loose objects that references lead to, with deltas that follow history, and removes their files.
    ///
    /// What nothing leads to stays: it may be what somebody is about to commit.
    /// - Returns: how many files were removed.
    private nonisolated(nonsending) mutating func packLooseObjects(_ occasion: Occasion) async throws -> Int {
        let listed = try await git.run(["for-each-ref", "--format=%(objectname)"])
        let tips = Set(listed.split(whereSeparator: \.isNewline).map(String.init))
        let known = packedTips.sorted().map { "^\($0)\n" }.joined()
        // What only the logs lead to is kept as well, and can wait.
        let logs = [.looseObjects, .packs].contains(occasion) ? [] : ["--reflog"]
        do {
            _ = try await git.run(
                Self.packing + ["--honor-pack-keep", "--all"] + logs + [
                    "--unpacked", "--incremental", "--local", base,
                ],
                input: known)
        } catch let failure as HousekeepingFailure where !packedTips.isEmpty {
            // A branch that was rewritten may have taken its old head with it.
            packedTips = []
            throw failure
        }
        try Folder.flush("\(repository)/objects/pack")
        packedTips = tips
        return await LooseObjects.removePacked(in: repository)
    }

    private static let packing = [
        "pack-objects", "-q", "--non-empty", "--delta-base-offset", "--keep-true-parents",
    ]
    private var base: String { "\(repository)/objects/pack/pack" }

    /// Makes small packs one.
    ///
    /// Where that is all of them, what nothing leads to is left out of the new pack and lies in files of its own afterwards, as
    /// old as its pack was, so that ``prune()`` comes to it.
    private nonisolated(nonsending) func rollUp(
        _ occasion: Occasion, _ census: inout Census, _ report: inout PassReport, _ note: (HousekeepingStep) -> Void
    ) async throws {
        let free = census.packs.filter { !$0.isKept }
        let isAll = occasion == .full || Pack.isOvergrown(free, least: options.overgrownBytes)
        let packs = isAll ? free : Pack.toRollUp(free, factor: options.factor)
        let bytes = packs.reduce(0) { $0 + $1.bytes }
        guard occasion == .full ? !packs.isEmpty : packs.count > 1,
            fits(bytes, census, "rolling up \(packs.count) packs", &report)
        else { return }
        note(.rollUp(packs: packs.count, objects: packs.reduce(0) { $0 + $1.objects }))
        let chosen = Set(packs.map(\.name))
        let written: String
        if packs.count == free.count {
            written = try await git.run(
                Self.packing + ["--honor-pack-keep", "--all", "--reflog", "--unpack-unreachable", base])
        } else {
            let others = census.packs.filter { !chosen.contains($0.name) }
            let input = packs.map { "\($0.name).pack\n" } + others.map { "^\($0.name).pack\n" }
            written = try await git.run(Self.packing + ["--stdin-packs", base], input: input.joined())
        }
        try replace(chosen, by: written.split(whereSeparator: \.isNewline).map { "pack-\($0)" })
        _ = await LooseObjects.removePacked(in: repository)
        report.rolledUp = packs.count
        census = take()
    }

    /// Removes packs whose objects are all elsewhere, and durable there.
    private func replace(_ old: Set<String>, by new: [String]) throws {
        let folder = "\(repository)/objects/pack"
        let names = Set(Folder.names(in: folder))
        for name in new where !names.contains("\(name).pack") || !names.contains("\(name).idx") {
            throw HousekeepingFailure("git pack-objects: it has not written \(folder)/\(name).pack")
        }
        try Folder.flush(folder)
        let others = new + Census.packs(in: repository).map(\.name).filter { !old.contains($0) && !new.contains($0) }
        let indexes = others.compactMap { PackIndex(at: "\(folder)/\($0).idx") }
        for name in old.subtracting(new).sorted() {
            // Marked meanwhile, or not all of it is elsewhere: nothing is lost by keeping it.
            guard Folder.status("\(folder)/\(name).keep") == nil, let index = PackIndex(at: "\(folder)/\(name).idx"),
                index.isCovered(by: { id in
                    indexes.contains { $0.contains(id) } || LooseObjects.isThere(id, in: repository)
                })
            else { continue }
            for ending in Pack.endings { _ = unlink("\(folder)/\(name).\(ending)") }
        }
    }

    /// Removes loose objects that nothing leads to and that nobody has written for long.
    ///
    /// Git says which; their age is looked at once more, as whoever writes an object that is there renews it.
    /// - Returns: how many.
    private nonisolated(nonsending) func prune() async throws -> Int {
        let expiry = now() - seconds(options.grace)
        let listed = try await git.run(["prune", "--dry-run", "--expire=\(expiry)"])
        var removed = 0
        for line in listed.split(whereSeparator: \.isNewline) {
            let id = line.prefix { $0 != " " }
            guard id.utf8.count == 40, Hex.bytes(id) != nil else { continue }
            let path = "\(repository)/objects/\(id.prefix(2))/\(id.dropFirst(2))"
            guard let status = Folder.status(path), status.st_mtim.tv_sec < expiry else { continue }
            if unlink(path) == 0 { removed += 1 }
        }
        return removed
    }
}

/// The logs of references.
enum ReferenceLogs {
    /// The references whose log begins before a time in seconds since 1970.
    static func older(than time: Int, in repository: String) -> [String] {
        var found: [String] = []
        func look(_ path: String, depth: Int) {
            guard let status = Folder.status("\(repository)/logs/\(path)") else { return }
            if Folder.isFolder(status) {
                guard depth > 0 else { return }
                for name in Folder.names(in: "\(repository)/logs/\(path)") {
                    look(path.isEmpty ? name : "\(path)/\(name)", depth: depth - 1)
                }
            } else if let start = Folder.start(of: "\(repository)/logs/\(path)", 4_096),
                let first = self.time(of: start)
            {
                if first < time { found.append(path) }
            }
        }
        look("", depth: 16)
        return found.sorted()
    }

    /// The time of a log's first line: what stands between the address and the zone.
    static func time(of text: String) -> Int? {
        guard let line = text.split(separator: "\n", maxSplits: 1).first, let end = line.lastIndex(of: ">") else {
            return nil
        }
        return line[end...].split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) }
    }
}

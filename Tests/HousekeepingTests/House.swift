import Foundation
import Git
import Logging
import Synchronization
import TestSupport

@testable import Housekeeping

/// A bare repository whose every object lies in a file of its own, and who keeps it.
final class House: Sendable {
    let folder: TemporaryFolder
    let path: String
    private let written = Mutex(0)
    /// How far the clock of files is ahead.
    let ahead = Mutex(0)

    init() async throws {
        folder = try TemporaryFolder()
        path = folder.appending("graphs.git")
        try await Command.git("init", "--quiet", "--bare", "--initial-branch=main", path, in: folder.path)
    }

    @discardableResult
    func git(_ arguments: String..., input: String = "") async throws -> String {
        try await Command.output("git", arguments, in: path, environment: Command.gitEnvironment, input: input)
    }

    /// Commits on a branch, six loose objects each, as saves do.
    func commit(_ count: Int, on branch: String = "main") async throws {
        let first = written.withLock { written in
            defer { written += count }
            return written
        }
        let isThere = try await git("for-each-ref", "refs/heads/\(branch)").isEmpty == false
        var script = ""
        for number in first..<first + count {
            let text = "rate: \(number)\n" + String(repeating: "a line that is always the same\n", count: 20)
            script += "commit refs/heads/\(branch)\ncommitter Ada <ada@example.com> \(1_700_000_000 + number) +0000\n"
            script += "data 5\nSave\n"
            if number == first, isThere { script += "from refs/heads/\(branch)^0\n" }
            script += "M 100644 inline apps/default/app-\(number % 7)/graph.yaml\n"
            script += "data \(text.utf8.count)\n\(text)\n"
        }
        try await git("-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet", input: script)
    }

    /// Writes an object that nothing leads to.
    func stray(_ text: String) async throws -> String {
        try await git("hash-object", "-w", "--stdin", input: text)
    }

    /// The time of day, as far ahead as it is set.
    var wall: @Sendable () -> Int {
        { [self] in Int(Date().timeIntervalSince1970) + ahead.withLock { $0 } }
    }

    func keeper(
        _ change: (inout HousekeepingOptions) -> Void = { _ in }, age: AgeClock? = nil,
        afterwards: @escaping @Sendable () -> Void = {}
    ) -> Housekeeper {
        var options = HousekeepingOptions()
        change(&options)
        return Housekeeper(
            repository: path, options: options, now: wall, age: age, afterwards: afterwards,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// `git fsck --strict` has nothing to say of what is reachable.
    func isSound() async throws {
        try await git("fsck", "--strict", "--no-dangling")
    }

    func looseObjects() -> Int { Census(of: path, old: 0).looseObjects }
    func packs() -> [String] { Census.packs(in: path).map(\.name) }

    /// Makes a file older than it is.
    func age(_ name: String, by seconds: Int) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -Double(seconds))], ofItemAtPath: "\(path)/\(name)")
    }
}

import Foundation
import Logging
import TestSupport
import Testing

@testable import Access

@Suite struct ReloadedFilesTests {
    struct Bad: Error, CustomStringConvertible { let description = "bad" }

    static func text(_ contents: [[UInt8]]) throws -> String {
        let text = contents.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
        if text.contains("bad") { throw Bad() }
        return text
    }

    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    @Test func aChangeIsReadAndABadOneIsNot() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        try Data("one".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        let files = try await ReloadedFiles([path], every: .milliseconds(5), logger: Self.quiet, read: Self.text)
        #expect(files.value == "one")
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await files.run() }
            try Data("two".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try await eventually("the change counts") { files.value == "two" }
            #expect(files.problem == nil)
            try Data("bad".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try await eventually("the bad one is seen") { files.problem != nil }
            #expect(files.value == "two", "the last good one goes on to count")
            try FileManager.default.removeItem(atPath: path)
            try await eventually("that it is gone") { files.problem?.contains("No such file") == true }
            #expect(files.value == "two")
            try Data("three".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            try await eventually("the new one counts") { files.value == "three" }
            #expect(files.problem == nil)
        }
    }

    /// Files of the same length, one in the place of the other, at the same time of the file system's clock.
    @Test func whatDiffersInItsPlaceOnlyIsAnother() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try folder.write("one", to: "first"), try folder.write("two", to: "second"))
        let time = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)]
        for path in [first, second] { try FileManager.default.setAttributes(time, ofItemAtPath: path) }
        let mark = try FileMark(of: first)
        #expect(mark.size == 3 && mark.isFile && !mark.isFresh)
        #expect(rename(second, first) == 0)
        #expect(try FileMark(of: first) != mark)
    }

    @Test func whatIsTooLongIsNotRead() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(String(repeating: "x", count: ReloadedFiles<String>.longest + 1), to: "file")
        let error = await #expect(throws: UnreadableFile.self) {
            _ = try await ReloadedFiles([path], logger: Self.quiet, read: Self.text)
        }
        #expect(error?.reason == "is longer than 4 MiB")
    }

    /// One that is written in two steps, within a tick of the clock that the file system goes by.
    @Test func whatIsStillBeingWrittenIsNotReadInTheMiddle() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("one", to: "file")
        let files = try await ReloadedFiles([path], every: .milliseconds(1), logger: Self.quiet, read: Self.text)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await files.run() }
            for round in 0..<20 {
                // The same length, in place: only its time tells, and that goes by milliseconds.
                let text = "\(100 + round)"
                try Data("bad".utf8).write(to: URL(fileURLWithPath: path))
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                try await eventually("round \(round) counts") { files.value == text }
            }
        }
    }

    /// As the kubelet changes what is mounted: `..data` is a link to a folder, swapped by a rename.
    @Test func aSwappedLinkAboveTheFilesIsSeen() async throws {
        let folder = try TemporaryFolder()
        let manager = FileManager.default
        for name in ["v1", "v2"] {
            try manager.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
            try Data("cert \(name)".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)/crt"))
            try Data("key \(name)".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)/key"))
        }
        let data = folder.path + "/..data"
        try manager.createSymbolicLink(atPath: data, withDestinationPath: "v1")
        let files = try await ReloadedFiles(["\(data)/crt", "\(data)/key"], logger: Self.quiet, read: Self.text)
        #expect(files.value == "cert v1|key v1")
        try manager.createSymbolicLink(atPath: data + ".new", withDestinationPath: "v2")
        #expect(rename(data + ".new", data) == 0)
        await files.look()
        #expect(files.value == "cert v2|key v2")
    }

    @Test func aStartWithoutTheFileFails() async throws {
        let folder = try TemporaryFolder()
        await #expect(throws: (any Error).self) {
            _ = try await ReloadedFiles([folder.path + "/none"], logger: Self.quiet, read: Self.text)
        }
        await #expect(throws: (any Error).self, "a folder is no file") {
            _ = try await ReloadedFiles([folder.path], logger: Self.quiet, read: Self.text)
        }
    }
}

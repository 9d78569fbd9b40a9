import Foundation
import Git
import TestSupport
import Testing

/// What a failed flush leaves: the kernel takes what it could not write for written (fsync(2)), so the next flush would
/// succeed whatever is on the disk.
@Suite struct DurabilityTests {
    private let fixture: GitFixture
    private let id: ObjectID
    private let file: String

    /// A blob whose flush has failed, as something else stood in its place.
    init() throws {
        fixture = try GitFixture()
        id = try fixture.repository.writeBlob(Array("a graph".utf8))
        file = "\(fixture.path)/objects/\(id.description.prefix(2))/\(id.description.dropFirst(2))"
        try FileManager.default.moveItem(atPath: file, toPath: fixture.folder.appending("kept"))
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "nowhere")
        let repository = fixture.repository
        #expect(throws: GitError.self) { try repository.flush() }
        try FileManager.default.removeItem(atPath: file)
    }

    @Test func whatWasWrittenWholeIsWrittenAgain() async throws {
        try FileManager.default.copyItem(atPath: fixture.folder.appending("kept"), toPath: file)
        let before = try FileManager.default.attributesOfItem(atPath: file)[.systemFileNumber] as? Int
        try fixture.repository.flush()
        let after = try FileManager.default.attributesOfItem(atPath: file)
        #expect(after[.systemFileNumber] as? Int != before, "the file of before is flushed in vain")
        #expect(after[.posixPermissions] as? Int == 0o444)
        #expect(try await fixture.git("cat-file", "-p", id.description) == "a graph")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: (file as NSString).deletingLastPathComponent).count == 1
        )
    }

    @Test(arguments: ["", "x"]) func whatWasNotIsSaidAndWrittenAtTheNextTry(_ content: String) async throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: file))
        let error = #expect(throws: GitError.self) { try fixture.repository.flush() }
        #expect(error?.description.contains("not written whole") == true)
        #expect(try fixture.repository.writeBlob(Array("a graph".utf8)) == id)
        try fixture.repository.flush()
        #expect(try await fixture.git("cat-file", "-p", id.description) == "a graph")
        try await fixture.git("fsck", "--strict")
    }

    /// Housekeeping has put it into a pack meanwhile, which is durable.
    @Test func whatIsNoFileAnyMoreIsNobodysConcern() throws {
        try fixture.repository.flush()
        try fixture.repository.flush()
    }
}

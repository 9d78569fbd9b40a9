import TestSupport
import Testing

@testable import Apps

/// Who has the file of texts.
@Suite struct GraphStoreTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.appending("texts")
    }

    @Test func belongsToOneAtATime() throws {
        var store = GraphStore(path: path)
        #expect(store != nil)
        #expect(GraphStore(path: path) == nil)
        store?.giveUp()
        let next = GraphStore(path: path)
        #expect(next != nil)
        #expect(store?.append([1]) == nil)
        // Who has given it up takes nothing from who has it now.
        store = nil
        #expect(GraphStore(path: path) == nil)
        #expect(next?.append([1]) != nil)
    }

    /// Programs are started all the time, for pushes above all.
    @Test func aProgramThatIsBeingStartedDoesNotKeepIt() throws {
        var store = GraphStore(path: path)
        let extent = try #require(store?.append([1, 2]))
        let held = try HeldDescriptors(of: path)
        #expect(held.count == 1)
        store = nil
        #expect(GraphStore(path: path)?.text(at: extent) == [1, 2])
        withExtendedLifetime(held) {}
    }
}

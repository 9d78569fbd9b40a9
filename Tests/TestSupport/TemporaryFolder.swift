public import Foundation

/// A folder of its own for one test, gone with everything in it when the last reference goes.
public final class TemporaryFolder: Sendable {
    /// The absolute path, without symbolic links and without a slash at the end.
    public let path: String

    public init() throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        let folder = base.appendingPathComponent("rampart-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in this folder.
    public func appending(_ name: String) -> String { path + "/" + name }

    /// Writes a file, with the folders on its way.
    /// - Returns: its absolute path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let url = URL(fileURLWithPath: appending(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url, options: .atomic)
        return url.path
    }

    public func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: appending(name))) }
}

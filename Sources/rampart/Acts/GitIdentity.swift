import Apps
import Foundation
import Git

/// Whom git takes the caller for: `GIT_AUTHOR_NAME`, `user.name` and whatever else `git var` looks at.
enum GitIdentity {
    /// - Throws: ``Refused`` where git is not there or does not know.
    static func author() async throws -> Signature {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "var", "GIT_AUTHOR_IDENT"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        // At most a line: it waits in the pipe.
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard status == 0, let end = text.lastIndex(of: ">"), let author = try? Author.read(String(text[...end])) else {
            throw Refused(
                "git does not know who you are; say it with --author \"Name <email>\", or to git:\n"
                    + "  git config --global user.name \"Your Name\"\n"
                    + "  git config --global user.email you@example.com")
        }
        return author
    }
}

public import Git
import GitProgram
import Glibc

/// A remote that the `git` program talks to.
///
/// A program and not libgit2: that one has no timeouts, no client certificates and no strict ssh in the release that
/// stable distributions have; git has them all, and it is what the other side was tested with.
public struct GitRemote: Remote {
    public let url: RemoteURL
    public let access: RemoteAccess
    private let program: RemoteGit

    /// - Parameter memory: how much each git may take for itself, in bytes: it takes the more the longer the history is, and
    ///   what the remote sends may be made to take it.
    public init(_ url: RemoteURL, access: RemoteAccess = .init(), memory: Int = 512 << 20) {
        self.url = url
        self.access = access
        program = RemoteGit(memory: memory)
    }

    public var address: String { url.description }

    public func fetch(
        _ branch: ReferenceName, into reference: ReferenceName, of repository: String, patience: Patience
    ) async throws(RemoteError) {
        let ended = try await run(
            [
                "fetch", "--progress", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
                "--no-auto-maintenance", "--no-show-forced-updates", "--refmap=", "--", url.description,
                "+\(branch):\(reference)",
            ], repository: repository, patience: patience)
        guard !ended.succeeded else { return }
        let messages = GitMessages(ended.errors)
        throw error(messages.kind ?? .unreachable, messages)
    }

    public func push(
        _ commit: ObjectID, of repository: String, to branch: ReferenceName, expecting expected: ObjectID?,
        patience: Patience
    ) async throws(RemoteError) {
        let ended = try await run(
            [
                "push", "--progress", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no",
                "--force-with-lease=\(branch):\(expected?.description ?? "")", "--", url.description,
                "\(commit):\(branch)",
            ], repository: repository, patience: patience)
        let messages = GitMessages(ended.errors)
        guard let report = PushReport(ended.output, branch: branch.rawValue) else {
            throw error(messages.hasSent ? .unknownOutcome : messages.kind ?? .unreachable, messages)
        }
        if report.isDone { return }
        let kind = report.failure(messages)
        throw error(kind, messages, or: report.summary)
    }

    public func branches(patience: Patience) async throws(RemoteError) -> [ReferenceName: ObjectID] {
        let ended = try await run(
            ["ls-remote", "--quiet", "--heads", "--", url.description], repository: nil, patience: patience)
        let messages = GitMessages(ended.errors)
        guard ended.succeeded else { throw error(messages.kind ?? .unreachable, messages) }
        var branches: [ReferenceName: ObjectID] = [:]
        for line in ended.output.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "\t")
            guard parts.count == 2, let id = ObjectID(String(parts[0])),
                let name = ReferenceName(rawValue: String(parts[1]))
            else { continue }
            branches[name] = id
        }
        return branches
    }

    private func run(
        _ arguments: [String], repository: String?, patience: Patience
    ) async throws(RemoteError) -> RemoteGit.Ended {
        // Read here too, so that a missing file is named as what it is; git's helper reads it again.
        if let file = access.secretFile { _ = try SecretFile.read(file) }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
        let environment = GitSettings(url: url, access: access)
            .environment(repository: repository, patience: patience, path: path)
        do {
            return try await program.run(arguments, environment: environment, patience: patience)
        } catch {
            switch error {
            case .silent(let time, let hasSent):
                throw RemoteError(
                    hasSent ? .unknownOutcome : .timedOut, "\(url) has said nothing for \(Self.text(time))")
            case .late(let time, let hasSent):
                throw RemoteError(
                    hasSent ? .unknownOutcome : .timedOut, "\(url) was not done within \(Self.text(time))")
            case .cancelled(let hasSent):
                throw RemoteError(
                    hasSent ? .unknownOutcome : .timedOut, "the conversation with \(url) was broken off")
            case .cannotRun(let why): throw RemoteError(.failed, why)
            }
        }
    }

    private func error(
        _ kind: RemoteError.Kind, _ messages: GitMessages, or fallback: String = "git gives no reason"
    ) -> RemoteError {
        var redaction = Redaction()
        if let file = access.secretFile, let secret = try? SecretFile.read(file) { redaction.secrets = [secret] }
        let said = messages.summary.isEmpty ? fallback : messages.summary
        let hint = BoundedCommand.hint(on: messages.own, memory: program.memory)
        return RemoteError(kind, "\(url): \(redaction(said))\(hint)")
    }

    private static func text(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        return seconds.rounded() == seconds ? "\(Int(seconds)) s" : "\(Double(Int(seconds * 10)) / 10) s"
    }
}

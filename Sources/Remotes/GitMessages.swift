/// What git's standard error says, for people and for decisions. Git has no codes for these, so its words are read, in
/// English (`LC_ALL=C`).
struct GitMessages: Sendable {
    /// The lines that say something: no progress, no advice.
    let lines: [String]

    init(_ text: String) {
        hasSent = Self.tellsOfSending(text)
        lines = text.split { $0.isNewline }.map { line in
            String(line.reversed().drop { $0.isWhitespace }.reversed())
        }
        .filter { !$0.isEmpty && !Self.isNoise($0) }
    }

    /// One line for people.
    var summary: String {
        var parts: [String] = []
        for line in lines {
            var line = Substring(line)
            for prefix in ["fatal: ", "error: "] where line.hasPrefix(prefix) { line = line.dropFirst(prefix.count) }
            if line.hasPrefix("remote: ") { line = line.dropFirst("remote: ".count) }
            let text = String(line.drop { $0.isWhitespace })
            if !text.isEmpty, !parts.contains(text) { parts.append(text) }
        }
        let all = parts.joined(separator: "; ")
        return all.count > 600 ? String(all.prefix(600)) + "…" : all
    }

    /// What git says here, without what it passes on from the other side.
    var own: String { lines.filter { !$0.hasPrefix("remote: ") }.joined(separator: "\n") }

    /// What went wrong before, or instead of, an answer to a push.
    ///
    /// - Returns: nil where the words say nothing certain.
    var kind: RemoteError.Kind? {
        let text = lines.joined(separator: "\n").lowercased()
        for (kind, words) in Self.table where words.contains(where: text.contains) { return kind }
        return nil
    }

    /// In this order: the more certain words first.
    private static let table: [(RemoteError.Kind, [String])] = [
        (.branchMissing, ["couldn't find remote ref"]),
        (
            .untrusted,
            [
                "host key verification failed", "remote host identification has changed", "no matching host key",
                "certificate verification failed", "certificate problem", "unable to verify the", "ssl certificate",
                "does not match target host name", "no alternative certificate subject name",
                "error setting certificate", "certificate verify locations", "certificate file",
                "error reading ca cert", "peer certificate",
            ]
        ),
        (
            .refused,
            [
                "authentication failed", "could not read username", "could not read password",
                "terminal prompts disabled", "returned error: 401", "permission denied (", "access denied",
                "too many authentication failures", "invalid username or", "load key", "no such identity",
                "could not load", "error: 407",
            ]
        ),
        (.readOnly, ["returned error: 403", "write access to repository not granted", "read-only file system"]),
        (.failed, ["out of memory"]),
        (.full, ["no space left on device", "disk quota exceeded"]),
        (.readOnly, ["service not enabled", "unable to create temporary object directory", "permission denied"]),
        (
            .notFound,
            [
                "does not appear to be a git repository", "repository not found", "returned error: 404",
                "not a git repository", "no such file or directory", "returned error: 30",
                "unable to update url base from redirection", "dubious ownership",
                "' not found", "not valid: is this a git repository", "does not exist", "could not be found",
            ]
        ),
        (
            .unreachable,
            [
                "could not resolve", "connection refused", "failed to connect", "couldn't connect", "no route to host",
                "network is unreachable", "connection timed out", "operation timed out", "temporary failure in name",
                "connection closed by", "kex_exchange_identification", "banner exchange", "proxy connect aborted",
                "returned error: 50", "returned error: 429", "returned error: 52", "name or service not known",
            ]
        ),
        (
            .timedOut, ["operation too slow", "timeout, server", "less than 1 bytes/sec"]
        ),
    ]

    /// Whether a push came so far as to send commits, after which nobody knows without an answer whether they arrived.
    let hasSent: Bool

    /// Whether git's progress tells of writing a pack; it begins with the first object.
    static func tellsOfSending(_ text: String) -> Bool {
        text.split { $0.isNewline }.contains { $0.hasPrefix("Writing objects:") || $0.hasPrefix("Total ") }
    }

    private static func isNoise(_ line: String) -> Bool {
        if line.hasPrefix("hint: ") || line.hasPrefix("To ") || line.hasPrefix("From ") { return true }
        if line.hasPrefix("Please make sure you have the correct access") || line == "and the repository exists." {
            return true
        }
        if line.hasPrefix("error: failed to push some refs to") { return true }
        let said = line.hasPrefix("remote: ") ? String(line.dropFirst("remote: ".count)) : line
        return [
            "Enumerating objects", "Counting objects", "Compressing objects", "Writing objects", "Receiving objects",
            "Resolving deltas", "Unpacking objects", "Delta compression", "Total ", "POST git-",
            "Everything up-to-date",
            "Checking connectivity", "Checking objects", "Updating references", "Rewinding", "Pushing to ",
        ].contains { said.hasPrefix($0) }
    }
}

/// The line about the branch in what `git push --porcelain` writes (git-push(1), "OUTPUT").
struct PushReport: Sendable, Hashable {
    /// ` `, `+`, `*`, `=` for what was done; `!` for what was not.
    let flag: Character
    /// `[rejected] (fetch first)`, `[remote rejected] (pre-receive hook declined)`, …
    let summary: String

    /// - Returns: nil where git came to no answer.
    init?(_ output: String, branch: String) {
        for line in output.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let flag = parts[0].first, parts[1].hasSuffix(":\(branch)") else { continue }
            self.flag = flag
            summary = String(parts[2])
            return
        }
        return nil
    }

    var isDone: Bool { " +*=".contains(flag) }

    /// Why the branch was not moved.
    ///
    /// - Parameter messages: what the remote said beside it.
    func failure(_ messages: GitMessages) -> RemoteError.Kind {
        let text = summary.lowercased()
        if text.contains("failed to report status") { return .unknownOutcome }
        if text.hasPrefix("[rejected]") { return .moved }
        let lost = [
            "failed to update ref", "failed to lock", "cannot lock ref", "incorrect old value",
            "reference already exists", "is at ", "unable to lock", "fetch first", "non-fast-forward", "stale info",
        ]
        if lost.contains(where: text.contains) {
            // The lock of a branch cannot be made on a full or read-only disk either.
            let said = messages.lines.joined(separator: "\n").lowercased()
            if said.contains("no space left") || said.contains("quota") { return .full }
            if said.contains("read-only file system") || said.contains("permission denied") { return .readOnly }
            return .moved
        }
        if text.contains("unpack") {
            switch messages.kind {
            case .full: return .full
            case .readOnly: return .readOnly
            default: return .failed
            }
        }
        return .declined
    }
}

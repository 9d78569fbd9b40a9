/// What a forge shows beside a commit.
public struct CommitStatus: Sendable, Hashable {
    /// How it stands.
    public enum State: String, Sendable, Hashable {
        case pending, success, failure
    }

    public var state: State
    /// Which of a commit's statuses it is: a newer one of the same name replaces it.
    public var name: String
    /// One sentence; cut to what the forge takes.
    public var description: String
    /// Where a click leads; nil for nowhere.
    public var target: String?

    public init(state: State, name: String, description: String, target: String? = nil) {
        self.state = state
        self.name = name
        self.description = description
        self.target = target
    }
}

/// A wish to merge one branch into another.
public struct PullRequestDraft: Sendable, Hashable {
    /// The branch to merge, `rampart/default_demo/1a2b3c4`.
    public var branch: String
    /// The branch to merge it into.
    public var base: String
    public var title: String
    /// Markdown.
    public var text: String

    public init(branch: String, base: String, title: String, text: String) {
        self.branch = branch
        self.base = base
        self.title = title
        self.text = text
    }
}

/// A pull request or merge request at a forge.
public struct PullRequest: Sendable, Hashable {
    /// The number that people say.
    public var number: Int
    /// Its page; http or https.
    public var url: String

    public init(number: Int, url: String) {
        self.number = number
        self.url = url
    }
}

extension String {
    /// The text in at most so many characters (Unicode scalars), on one line.
    func cut(to limit: Int) -> String {
        let line = String(
            String.UnicodeScalarView(unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
        guard line.unicodeScalars.count > limit else { return line }
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(limit - 1))) + "…"
    }
}

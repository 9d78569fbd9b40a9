/// Who asks for something over HTTP: what the log and the log of the branch say, and `REMOTE_USER` for git.
public struct Pusher: Sendable, Hashable {
    /// The name by which the service knows them.
    public var user: String
    /// The name for people.
    public var name: String
    public var email: String
    /// The largest pack that is taken from them, in bytes; nil for any.
    public var largestPack: Int?
    /// By what the limits of one caller know them.
    public var holder: String

    /// - Parameter holder: by what the limits of one caller know them; the user where it is not given.
    public init(user: String, name: String, email: String, largestPack: Int? = nil, holder: String? = nil) {
        self.user = user
        self.name = name
        self.email = email
        self.largestPack = largestPack
        self.holder = holder ?? user
    }

    /// The variables that tell git, and the hooks that it runs, of them. Control characters and angle brackets, which
    /// git does not allow in a signature, are left out.
    var variables: [String: String] {
        [
            "REMOTE_USER": Self.plain(user), "GIT_COMMITTER_NAME": Self.plain(name),
            "GIT_COMMITTER_EMAIL": Self.plain(email),
        ]
    }

    private static func plain(_ text: String) -> String {
        let kept = text.unicodeScalars.filter {
            $0 != "<" && $0 != ">" && $0.properties.generalCategory != .control
        }
        let result = String(String.UnicodeScalarView(kept))
        return result.contains { !$0.isWhitespace } ? result : "unknown"
    }
}

extension Pusher {
    /// How much memory each process of a push of theirs may take, in bytes.
    func memory(_ options: GitHTTPOptions) -> Int {
        largestPack == nil ? options.memory : min(options.memory, options.memoryOfLimited)
    }
}

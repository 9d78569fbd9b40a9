/// What a delivery calls for.
public enum WebhookDecision: Sendable, Hashable {
    /// The branch may have moved: look.
    case fetch
    /// The branch is gone at the forge, by its name: worth a note, nothing to fetch.
    case deleted(String)
    /// Nothing; why, in a sentence.
    case ignored(String)
    /// Nothing: the forge only wanted to know.
    case pong

    /// - Parameters:
    ///   - branch: the branch that is followed, `main`.
    ///   - repository: where it is, where that is known.
    public init(_ event: WebhookEvent, branch: String, repository: RemoteRepository?) {
        switch event {
        case .ping: self = .pong
        case .other(let name): self = .ignored("an event '\(Self.short(name))' moves no branch")
        case .push(let push):
            if let repository, let name = push.repository, !repository.isCalled(name) {
                self = .ignored("the push was to \(Self.short(name)), this service follows \(repository.path)")
                return
            }
            let wanted = "refs/heads/\(branch)"
            let ours = push.movements.filter { $0.reference == wanted || $0.reference == branch }
            if let last = ours.last {
                self = last.isDeletion ? .deleted(branch) : .fetch
            } else if let other = push.movements.first {
                self = .ignored("\(Self.short(other.reference)) has moved, this service follows \(branch)")
            } else {
                self = .fetch  // whoever says less than which reference may mean ours; a look costs little
            }
        }
    }

    /// What a stranger wrote, short and without control characters.
    private static func short(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(100).map { $0.value < 0x20 ? " " : $0 }))
    }
}

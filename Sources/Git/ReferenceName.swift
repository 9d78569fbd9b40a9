import CLibgit2

/// The full name of a reference, such as `refs/heads/main`.
public struct ReferenceName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// Nil where git does not allow the name (`git check-ref-format`).
    public init?(rawValue: String) {
        guard Libgit2.isReady, !rawValue.utf8.contains(0) else { return nil }
        var isValid: Int32 = 0
        guard git_reference_name_is_valid(&isValid, rawValue) == 0, isValid == 1 else { return nil }
        self.rawValue = rawValue
    }

    private init(valid name: String) { rawValue = name }

    /// What is checked out, or in a bare repository what a clone checks out.
    public static let head = ReferenceName(valid: "HEAD")

    /// Up to where a branch's own line was found to be signed by people who may; see `AppStoreOptions.verifier`.
    public static let verified = ReferenceName(valid: "refs/rampart/verified")

    /// The reference of a branch.
    ///
    /// - Parameter name: the short name, such as `main`.
    /// - Throws: ``GitError`` where git does not allow it.
    public static func branch(_ name: String) throws(GitError) -> ReferenceName {
        guard let reference = ReferenceName(rawValue: "refs/heads/\(name)"), !name.hasPrefix("-") else {
            throw GitError(.invalidName, "git does not allow that name", operation: "use the branch '\(name)'")
        }
        return reference
    }

    public var description: String { rawValue }
}

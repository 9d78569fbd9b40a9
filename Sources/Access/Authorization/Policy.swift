import JSONValues

/// Who may do what where, from a policy file.
///
/// ```yaml
/// rules:
///   - groups: [engineers]             # any of these groups, or
///     users: [ada, "bot@example.com"] # any of these users; "*" in either is every known caller
///     namespaces: ["team-*", default]
///     role: editor                    # scraper, viewer, editor, deployer or admin
/// ```
///
/// What no rule allows is forbidden; of several rules the highest role counts.
public struct Policy: Sendable, Hashable {
    struct Rule: Sendable, Hashable {
        var users: Set<String>
        var groups: Set<String>
        var namespaces: [NamespaceGlob]
        var role: Role

        func isFor(_ caller: Caller) -> Bool {
            users.contains(caller.user) || users.contains("*") || groups.contains("*")
                || (!groups.isEmpty && caller.groups.contains { groups.contains($0) })
        }
    }

    private let rules: [Rule]

    /// - Throws: ``SettingsProblems``, all of the file, with file, line and column.
    public init(reading bytes: [UInt8], file: String) throws(SettingsProblems) {
        var text = try SettingsFile(bytes, file: file)
        var rules: [Rule] = []
        for (path, object) in text.objects("rules") {
            text.onlyMembers(object, path, ["users", "groups", "namespaces", "role"])
            let users = text.texts(object, "users", path)
            let groups = text.texts(object, "groups", path)
            if users.isEmpty, groups.isEmpty { text.refuse(path, "is for nobody: name `groups` or `users`") }
            var globs: [NamespaceGlob] = []
            let names = text.texts(object, "namespaces", path)
            if names.isEmpty { text.refuse(path, "lacks `namespaces`; \"*\" stands for all") }
            for (index, name) in names.enumerated() {
                if let glob = NamespaceGlob(name) {
                    globs.append(glob)
                } else {
                    text.refuse(
                        path + ["namespaces", String(index)],
                        "expected a namespace, in which * may stand for any characters")
                }
            }
            guard let word = text.text(object, "role", path) else { continue }
            guard let role = Role(rawValue: word) else {
                let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
                text.refuse(path + ["role"], "expected one of \(roles)")
                continue
            }
            rules.append(Rule(users: Set(users), groups: Set(groups), namespaces: globs, role: role))
        }
        try text.check()
        self.rules = rules
    }

    /// The highest role that a caller has somewhere; nil where it has none.
    ///
    /// A role ``Scope/everywhere`` comes only of rules whose `namespaces` hold `*`.
    public func role(of caller: Caller, in scope: Scope) -> Role? {
        rules.lazy
            .filter { rule in
                rule.isFor(caller)
                    && rule.namespaces.contains { glob in
                        switch scope {
                        case .everywhere: glob.isAll
                        case .namespace(let name): glob.matches(name)
                        }
                    }
            }
            .map(\.role).max()
    }

    /// Whether a caller may do something somewhere.
    public func allows(_ caller: Caller, _ permission: Permission, in scope: Scope) -> Bool {
        role(of: caller, in: scope)?.allows(permission) ?? false
    }

    /// Which of some namespaces a caller may see.
    public func visibility(of caller: Caller, among namespaces: () -> Set<String>) -> Visibility {
        let globs = rules.filter { $0.isFor(caller) && $0.role.allows(.read) }.flatMap(\.namespaces)
        if globs.contains(where: \.isAll) { return .all }
        return .namespaces(globs.isEmpty ? [] : namespaces().filter { name in globs.contains { $0.matches(name) } })
    }
}

import Testing

@testable import Access

@Suite struct PolicyTests {
    static let policy: Policy = {
        do {
            return try Policy(
                reading: Array(
                    """
                    rules:
                      - groups: [everybody]
                        namespaces: [public]
                        role: viewer
                      - groups: [engineers]
                        namespaces: ["team-*", default]
                        role: editor
                      - users: [ada]
                        namespaces: [team-a]
                        role: deployer
                      - users: [root]
                        namespaces: ["*"]
                        role: admin
                      - users: ["*"]
                        namespaces: [lobby]
                        role: viewer
                    """.utf8), file: "policy.yaml")
        } catch {
            fatalError("\(error)")
        }
    }()

    static func caller(_ user: String, _ groups: String...) -> Caller {
        Caller(user: user, groups: groups, means: .token)
    }

    @Test(
        arguments: [
            (caller("ada", "engineers"), .namespace("team-a"), .deployer),
            (caller("ada", "engineers"), .namespace("team-b"), .editor),
            (caller("ada"), .namespace("team-b"), nil),
            (caller("ada", "everybody"), .namespace("public"), .viewer),
            (caller("ada"), .namespace("lobby"), .viewer),
            (caller("ada"), .everywhere, nil),
            (caller("Ada"), .namespace("team-a"), nil),
            (caller("root"), .namespace("anything"), .admin),
            (caller("root"), .everywhere, .admin),
            (caller("engineers"), .namespace("team-a"), nil),
            (caller("x", "ada"), .namespace("team-a"), nil),
            (caller("x", "engineers"), .namespace("team"), nil),
            (caller("x", "engineers"), .everywhere, nil),
        ] as [(Caller, Scope, Role?)])
    func givesTheHighestRole(_ caller: Caller, _ scope: Scope, _ role: Role?) {
        #expect(Self.policy.role(of: caller, in: scope) == role)
    }

    @Test func listsWhatMayBeSeen() {
        let names: () -> Set<String> = { ["team-a", "team-b", "default", "public", "secret"] }
        let ada = Self.caller("ada", "engineers")
        #expect(Self.policy.visibility(of: ada, among: names) == .namespaces(["team-a", "team-b", "default"]))
        #expect(Self.policy.visibility(of: Self.caller("root"), among: names) == .all)
        #expect(Self.policy.visibility(of: Self.caller("x"), among: names) == .namespaces([]))
    }

    @Test func whoReadsMetricsSeesNoApp() throws {
        let policy = try Policy(
            reading: Array("rules:\n  - {users: [prometheus], namespaces: [\"*\"], role: scraper}\n".utf8), file: "p")
        let prometheus = Self.caller("prometheus")
        #expect(policy.allows(prometheus, .metrics, in: .everywhere))
        #expect(!policy.allows(prometheus, .read, in: .everywhere))
        #expect(!policy.allows(prometheus, .read, in: .namespace("a")))
        #expect(policy.visibility(of: prometheus) { ["a"] } == .namespaces([]))
    }

    @Test(
        arguments: [
            (.read, [.viewer, .editor, .deployer, .admin]),
            (.metrics, [.scraper, .viewer, .editor, .deployer, .admin]),
            (.create, [.editor, .deployer, .admin]), (.save, [.editor, .deployer, .admin]),
            (.deploy, [.deployer, .admin]), (.delete, [.deployer, .admin]), (.administer, [.admin]),
        ] as [(Permission, [Role])])
    func eachRoleMayDoWhatTheOneBeforeMay(_ permission: Permission, _ roles: [Role]) {
        #expect(Role.allCases.filter { $0.allows(permission) } == roles)
    }

    @Test(
        arguments: [
            ("*", "a", true), ("*", "", true), ("team-*", "team-a", true), ("team-*", "team-", true),
            ("team-*", "team", false), ("team-*", "xteam-a", false), ("*-prod", "a-b-prod", true),
            ("*-prod", "prod", false), ("a*b*c", "abc", true), ("a*b*c", "axxbxxc", true), ("a*b*c", "acb", false),
            ("default", "default", true), ("default", "defaults", false), ("**", "x", true),
            ("*a*a*a*a*a*a*a*a*a*a*b", String(repeating: "a", count: 63), false),
        ] as [(String, String, Bool)])
    func globsMatch(_ pattern: String, _ name: String, _ matches: Bool) throws {
        let glob = try #require(NamespaceGlob(pattern))
        #expect(glob.matches(name) == matches)
    }

    @Test(arguments: ["", "Team", "a/b", "a?", "[ab]", "ä", "a b", ".*"])
    func refusesOtherPatterns(_ pattern: String) { #expect(NamespaceGlob(pattern) == nil) }

    @Test(
        arguments: [
            ("rules:\n  - role: viewer\n    namespaces: [a]\n", "policy.yaml:2:5: rules.0: is for nobody"),
            ("rules:\n  - users: [a]\n    role: viewer\n", "policy.yaml:2:5: rules.0: lacks `namespaces`"),
            ("rules:\n  - users: [a]\n    namespaces: [a]\n", "policy.yaml:2:5: rules.0: lacks `role`"),
            (
                "rules:\n  - users: [a]\n    namespaces: [a]\n    role: king\n",
                "policy.yaml:4:5: rules.0.role: expected one of scraper, viewer, editor, deployer, admin"
            ),
            (
                "rules:\n  - users: [a]\n    namespaces: [a, B]\n    role: viewer\n",
                "policy.yaml:3:21: rules.0.namespaces.1: expected a namespace"
            ),
            ("rules:\n  - users: [a]\n    roles: viewer\n", "policy.yaml:2:5: rules.0: lacks"),
            ("rule: []\n", "policy.yaml:1:1: "),
            ("rules: [a]\n", "policy.yaml:1:9: rules.0: expected a mapping, found"),
        ] as [(String, String)])
    func saysWhatIsWrongAndWhere(_ text: String, _ message: String) {
        let error = #expect(throws: SettingsProblems.self) {
            try Policy(reading: Array(text.utf8), file: "policy.yaml")
        }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix(message), "\(error.map { "\($0)" } ?? "")")
    }

    @Test func anEmptyPolicyForbidsEverything() throws {
        let policy = try Policy(reading: Array("rules: []".utf8), file: "policy.yaml")
        for permission in Permission.allCases {
            #expect(!policy.allows(Self.caller("root"), permission, in: .everywhere))
            #expect(!policy.allows(Self.caller("root"), permission, in: .namespace("a")))
        }
    }
}

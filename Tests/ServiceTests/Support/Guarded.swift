import Access
import Foundation
import JSONValues
import Logging
import Logs
import Secrets
import TestSupport

@testable import Service

/// A tokens file and a policy file, and the access control that they make. Whoever is called `NAME` has the token
/// `NAME-token`.
struct Guarded: Sendable {
    let folder: TemporaryFolder
    let tokens: ReloadedFiles<TokenTable>
    let policy: ReloadedFiles<Policy>

    static let users = ["viewer", "editor", "deployer", "admin", "boss", "scraper", "nobody"]

    /// One user of each role in `team-a`, a boss everywhere, and one who may do nothing.
    static let rules = """
        rules:
          - {users: [viewer], namespaces: [team-a], role: viewer}
          - {users: [editor], namespaces: [team-a], role: editor}
          - {users: [deployer], namespaces: [team-a], role: deployer}
          - {users: [admin], namespaces: [team-a], role: admin}
          - {users: [boss], namespaces: ["*"], role: admin}
          - {users: [scraper], namespaces: ["*"], role: scraper}
        """

    static func entry(_ user: String) -> String {
        """
          - sha256: \(TokenDigest(of: Secret(user + "-token")).hexadecimal)
            user: \(user)
            name: The \(user)
            email: \(user)@example.com
        """
    }

    init(rules: String = Guarded.rules) async throws {
        folder = try TemporaryFolder()
        let tokensFile = try folder.write(
            "tokens:\n" + Self.users.map(Self.entry).joined(separator: "\n") + "\n", to: "tokens.yaml")
        let policyFile = try folder.write(rules, to: "policy.yaml")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        tokens = try await ReloadedFiles([tokensFile], logger: logger) {
            try TokenTable(reading: $0[0], file: tokensFile)
        }
        policy = try await ReloadedFiles([policyFile], logger: logger) { try Policy(reading: $0[0], file: policyFile) }
    }

    var control: AccessControl {
        AccessControl(authenticator: Authenticator(tokens: tokens), authorizer: PolicyAuthorizer(policy))
    }

    /// Options of a stack that asks everybody.
    func options(_ change: (inout Stack.Options) -> Void = { _ in }) -> Stack.Options {
        var options = Stack.Options()
        options.service.access = control
        options.service.limits.rate = nil
        change(&options)
        return options
    }

    static func bearer(_ user: String) -> [String: String] { ["Authorization": "Bearer \(user)-token"] }
}

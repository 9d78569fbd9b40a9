import ArgumentParser
import Forges
import Logging
import Secrets
import Service

/// Which forges may say that the branch has moved.
struct WebhookSecretOptions: ParsableArguments {
    @Option(
        name: .customLong("webhook-secret-file"),
        help: ArgumentHelp(
            """
            A file with the secret of webhooks from github, gitlab, gitea (Forgejo too), bitbucket or generic; one \
            secret a line, all of them good, read again as it changes. Repeat for several. They come to \
            /api/v1/webhooks/FORGE; without a secret none is taken.
            """, valueName: "forge=file"))
    var files: [String] = []

    /// The secrets by who sends; each file is read once, so that a wrong path shows at the start.
    func secrets(logger: Logger) async throws -> [WebhookSource: [SecretFile]] {
        var secrets: [WebhookSource: [SecretFile]] = [:]
        for (source, path) in try pairs() {
            let file = SecretFile(path, logger: logger)
            _ = try await file.secrets()
            secrets[source, default: []].append(file)
        }
        return secrets
    }

    func validate() throws { _ = try pairs() }

    private func pairs() throws -> [(source: WebhookSource, path: String)] {
        try files.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let source = WebhookSource(rawValue: parts[0]) else {
                let names = WebhookSource.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError(
                    "--webhook-secret-file is '\(text)', expected FORGE=FILE with one of \(names) as FORGE")
            }
            return (source, parts[1])
        }
    }
}

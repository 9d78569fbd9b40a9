import JSONValues

extension Document {
    /// What stands before the subjects: the service in a few words.
    static let info: JSON = [
        "title": "Rampart Backend Service",
        "version": "1.0.0",
        "summary": "Rampart graphs in git, applied to Kubernetes.",
        "description": .string(introduction),
        "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
    ]

    private static let introduction = """
        Apps are folders in a git repository, versions are commits. A write answers after its commit is durable; the \
        cluster follows.

        Bodies are JSON (`Content-Type: application/json`), 3 MiB at most. Every error is JSON with a `message` that \
        says what to do, and where programs have to tell errors apart a `state`. A path that is none is a 404; a \
        known path with another method is a 405, and `Allow` names the methods that it has.

        `If-None-Match` with an `ETag` gives 304 where the answer still is the same. `If-Match` with the `ETag` of a \
        read gives 412 where there is a newer commit.

        Pages of other origins may call the service where `--cors-origin` names their origin; otherwise a browser \
        lets only pages of the service's own origin.
        """
}

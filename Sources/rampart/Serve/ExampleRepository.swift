import Apps
import Git
import Logging

/// Fills a graph repository that has no app yet with the example graphs.
enum ExampleRepository {
    /// Adds the files of ``ExampleGraphs`` in one commit; does nothing where there is an app already.
    ///
    /// - Parameter options: those the store was opened with.
    static func fill(_ store: AppStore, options: AppStoreOptions, logger: Logger) async throws {
        guard store.snapshot.apps.isEmpty else {
            logger.info("the repository has apps already: no examples were added")
            return
        }
        let executor = GitExecutor()
        try await Filler(executor: executor).fill(options)
        try await store.look()
    }

    /// Writes on a thread of its own, as everything that calls libgit2.
    private actor Filler {
        private let executor: GitExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        init(executor: GitExecutor) { self.executor = executor }

        func fill(_ options: AppStoreOptions) throws {
            let repository = try Repository(opening: options.repositoryPath)
            repository.signer = options.signer
            let branch = try ReferenceName.branch(options.branch)
            let head = try repository.reference(branch)
            let base = try head.map { try repository.commit($0).tree }
            let edits = try ExampleGraphs.files.map { file in
                TreeEdit.put(path: file.path, blob: try repository.writeBlob(Array(file.text.utf8)))
            }
            let tree = try repository.edit(base, edits)
            var author = options.committer
            let now = options.now()
            author.seconds = now.seconds
            author.offsetMinutes = now.offsetMinutes
            let commit = try repository.writeCommit(
                tree: tree, parents: head.map { [$0] } ?? [], author: author, committer: author,
                message: "Add the example graphs\n")
            try repository.flush()
            try repository.update(branch, from: head, to: commit, reflog: "examples")
        }
    }
}

import GitHTTP
import Logging

extension ServiceOptions {
    /// Serves the graph repository to git, as much of it at once as there is memory for; nil where nobody does.
    func git(logger: Logger) -> GitHTTP? {
        guard let repository else { return nil }
        var wanted = GitHTTPOptions(repository: repository)
        wanted.memory = gitMemory
        let fitted = wanted.fitted(to: memoryLimit)
        if fitted.processes < wanted.processes {
            logger.notice(
                "runs fewer clones and pushes at once, as there is little memory (--git-memory, the cgroup's limit)",
                metadata: ["processes": "\(fitted.processes)", "limit": "\((memoryLimit ?? 0) >> 20) MiB"])
        }
        return GitHTTP(options: fitted, logger: logger)
    }
}

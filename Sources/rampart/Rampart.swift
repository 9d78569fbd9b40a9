import ArgumentParser

/// The `rampart` program.
@main
struct Rampart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rampart",
        abstract: "Rampart graphs in git, applied to Kubernetes.",
        discussion: """
            Apps live in a git repository. A commit on its branch, by push or through the REST API, is applied to the \
            cluster; 'git revert' rolls it back.

            EXAMPLES
              rampart serve --sandbox --example --data ./data
                  a first look: example graphs, with a cluster of its own in the process
              rampart serve --data /var/lib/rampart --kubeconfig ~/.kube/config
                  serve a real cluster
              rampart check .
                  say whether all graphs of a work tree are valid
              rampart rollback vision_labelling
                  make the version live that was live before
            """,
        version: BuildReading.version,
        subcommands: [
            ServeCommand.self, SandboxCommand.self, CheckCommand.self, LogCommand.self, DiffCommand.self,
            DeployCommand.self, UndeployCommand.self, RollbackCommand.self, RevertCommand.self, IndexCommand.self,
            StatusCommand.self, TokenCommand.self, ImportCommand.self, ExportCommand.self,
            MaintainCommand.self, FlowsCommand.self, LivenessCommand.self, HookCommand.self,
        ])
}

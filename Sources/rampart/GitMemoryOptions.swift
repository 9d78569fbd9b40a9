import ArgumentParser

/// How much memory each git may take that is started here.
struct GitMemoryOptions: ParsableArguments {
    @Option(
        name: .customLong("git-memory"),
        help: ArgumentHelp(
            "How many MiB each git may take: for a clone or a push, for the remote, to put the repository in order.",
            valueName: "mib"))
    var mebibytes = 512

    var bytes: Int { mebibytes << 20 }

    func validate() throws {
        guard (64...1 << 20).contains(mebibytes) else {
            throw ValidationError("--git-memory is a number of MiB, at least 64.")
        }
    }
}

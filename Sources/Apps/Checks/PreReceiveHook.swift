import Git
import Glibc

/// The `pre-receive` hook of the graph repository: what every push passes, whichever way it comes.
public enum PreReceiveHook {
    /// What installing it did.
    public enum Outcome: Sendable, Hashable {
        case unchanged
        case written
        /// A hook of somebody's own was there; it is run first from now on, as `pre-receive.local`.
        case chained
    }

    private static let mark = "# Written by 'rampart serve', and written anew at each start."

    /// Installs the hook, so that it runs this program.
    ///
    /// - Parameters:
    ///   - repository: the bare repository's path.
    ///   - program: the absolute path of `rampart`.
    ///   - allowedSigners: the absolute path of the list of who may sign; nil where commits need no signature.
    /// - Throws: ``AppStoreError`` where it cannot be, with what to do.
    public static func install(
        in repository: String, program: String, branch: String, allowedSigners: String? = nil
    ) throws(AppStoreError) -> Outcome {
        try settle(repository)
        let folder = repository + "/hooks"
        let (path, other) = (folder + "/pre-receive", folder + "/pre-receive.local")
        let script = text(program: program, branch: branch, allowedSigners: allowedSigners)
        let current = Files.read(path)
        var outcome = Outcome.written
        if let current, !String(decoding: current, as: UTF8.self).contains(mark) {
            // Only what git would run is anybody's hook.
            if access(path, X_OK) == 0 {
                guard link(path, other) == 0 else {
                    throw AppStoreError(
                        "\(path) is a hook of your own, and so is \(other). Make one of them: "
                            + "the service's own hook goes to the first, and runs the second")
                }
                outcome = .chained
            }
        } else if let current, current == Array(script.utf8), access(path, X_OK) == 0 {
            return .unchanged
        }
        do throws(FileError) {
            try Files.makeFolder(folder)
            let writer = try FileWriter(path: path, mode: 0o755)
            try writer.append(script)
            try writer.finish()
        } catch {
            throw AppStoreError("the hook that checks pushes cannot be written: \(error)")
        }
        return outcome
    }

    /// Settings that the hook needs: hooks are looked for here, whatever a pusher on this machine has configured, and
    /// objects that git itself would find malformed come in no further.
    private static func settle(_ repository: String) throws(AppStoreError) {
        let elsewhere: String?
        do throws(GitError) {
            let opened = try Repository(opening: repository)
            elsewhere = try opened.setting("core.hooksPath").flatMap { $0 == "hooks" ? nil : $0 }
            if elsewhere == nil {
                try opened.set("core.hooksPath", to: "hooks")
                if try opened.setting("receive.fsckObjects") == nil {
                    try opened.set("receive.fsckObjects", to: "true")
                }
            }
        } catch {
            throw AppStoreError(error.description)
        }
        if let elsewhere {
            throw AppStoreError(
                "\(repository) has its hooks in \(elsewhere), where pushes would go unchecked. Move them to "
                    + "\(repository)/hooks and run: git -C \(repository) config --unset core.hooksPath")
        }
    }

    static func text(program: String, branch: String, allowedSigners: String? = nil) -> String {
        """
        #!/bin/sh
        \(mark)
        # Checks of your own go into pre-receive.local beside this file: it runs first, with the same input.
        rampart=\(quoted(program))
        # The limit of memory is for git alone, which takes in what is pushed.
        ulimit -S -d "$(ulimit -H -d)"
        input=$(cat)
        if [ -x "${0%/*}/pre-receive.local" ]; then
            printf '%s\\n' "$input" | "${0%/*}/pre-receive.local" "$@" || exit 1
        fi
        if [ ! -x "$rampart" ]; then
            echo "rampart: the program that checks pushes is gone: $rampart" >&2
            echo "rampart: nothing was pushed. Start the service again: it writes this hook anew." >&2
            exit 1
        fi
        printf '%s\\n' "$input" | "$rampart" hook pre-receive --branch \(quoted(branch))\(signatures(allowedSigners))

        """
    }

    private static func signatures(_ allowedSigners: String?) -> String {
        allowedSigners.map { " --verify-signatures \(quoted($0))" } ?? ""
    }

    /// A text as one word of a shell's.
    private static func quoted(_ text: String) -> String {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}

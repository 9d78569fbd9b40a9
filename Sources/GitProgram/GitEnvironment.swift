import Foundation
public import Subprocess

/// The environment that git(1) gets from this service: nothing of what a person or the machine has configured.
public enum GitEnvironment {
    /// Variables of this process that a program needs to be found and to find its libraries.
    private static let inherited = ["PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ"]

    /// - Parameters:
    ///   - settings: what counts as if it stood in a configuration file (`http.receivepack`: `true`).
    ///   - variables: more variables.
    public static func make(
        settings: [(key: String, value: String)] = [], variables: [String: String] = [:]
    ) -> Subprocess.Environment {
        var all = ["LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"]
        all["GIT_ATTR_NOSYSTEM"] = "1"
        all["GIT_TERMINAL_PROMPT"] = "0"
        // The check of the folder's owner protects people who run git in a stranger's folder; here it is the
        // operator's, who named it.
        let settings = [(key: "safe.directory", value: "*")] + settings
        all["GIT_CONFIG_COUNT"] = String(settings.count)
        for (index, setting) in settings.enumerated() {
            all["GIT_CONFIG_KEY_\(index)"] = setting.key
            all["GIT_CONFIG_VALUE_\(index)"] = setting.value
        }
        let own = ProcessInfo.processInfo.environment
        for name in inherited { all[name] = own[name] }
        all.merge(variables) { $1 }
        var environment: [Subprocess.Environment.Key: String] = [:]
        for (name, value) in all { environment[Subprocess.Environment.Key(stringLiteral: name)] = value }
        return .custom(environment)
    }
}

import FoundationEssentials
import JSONValues

extension ClusterConfiguration {
    /// Reads `users[].user.exec`.
    static func plugin(
        _ exec: Fields, cluster: Fields, server: ClusterConfiguration
    ) throws(ConfigurationError) -> ExecPlugin {
        guard let name = try exec.string("command") else { throw exec.wrong("command", "is missing") }
        guard let version = try exec.string("apiVersion").flatMap(ExecPlugin.Version.init) else {
            let known = ExecPlugin.Version.allCases.map(\.rawValue).joined(separator: " or ")
            throw exec.wrong("apiVersion", "expected \(known)")
        }
        switch try exec.string("interactiveMode") {
        case nil, "Never", "IfAvailable": break
        case "Always":
            throw exec.wrong("interactiveMode", "Always needs a terminal, which a service does not have")
        default: throw exec.wrong("interactiveMode", "expected Never, IfAvailable or Always")
        }
        var environment: [String: String] = [:]
        for variable in try exec.list("env") {
            guard let name = try variable.string("name") else { throw variable.wrong("name", "is missing") }
            environment[name] = try variable.string("value") ?? ""
        }
        return ExecPlugin(
            version: version,
            // As the shell does: a name without a slash is looked up on the PATH.
            command: name.contains("/") ? exec.resolved(name) : name,
            arguments: try exec.strings("args"), environment: environment,
            installHint: try exec.string("installHint") ?? "",
            clusterInfo: try exec.bool("provideClusterInfo") ? try clusterInfo(cluster, server) : nil,
            file: exec.file)
    }

    /// What a plugin that asks for it is told about the cluster.
    private static func clusterInfo(
        _ cluster: Fields, _ server: ClusterConfiguration
    ) throws(ConfigurationError) -> JSON {
        var info: JSON = ["server": .string(server.server)]
        if let name = server.tlsServerName { info["tls-server-name"] = .string(name) }
        if server.skipsTLSVerification { info["insecure-skip-tls-verify"] = true }
        if let authority = server.certificateAuthority {
            info["certificate-authority-data"] = .string(Data(authority.utf8).base64EncodedString())
        }
        if let proxy = server.proxy { info["proxy-url"] = .string(proxy) }
        for item in try cluster.list("extensions")
        where try item.string("name") == "client.authentication.k8s.io/exec" {
            info["config"] = item.json["extension"]
        }
        return info
    }
}

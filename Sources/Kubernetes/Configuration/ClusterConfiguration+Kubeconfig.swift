public import FoundationEssentials
import JSONValues
import Secrets

extension ClusterConfiguration {
    /// Reads what `kubectl` would: the files that `KUBECONFIG` lists, else `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - path: this file instead; it has to be there.
    ///   - context: this context instead of the current one.
    public static func kubeconfig(
        path: String? = nil, context: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> ClusterConfiguration {
        let config = try Kubeconfig.load(path: path, environment: environment)
        let contextName = try config.contextName(context)
        let chosen = try config.entry(config.contexts, contextName, list: "contexts", member: "context", from: nil)
        guard let clusterName = try chosen.string("cluster") else {
            throw chosen.wrong("cluster", "is missing; name one of clusters")
        }
        let cluster = try config.entry(
            config.clusters, clusterName, list: "clusters", member: "cluster", from: chosen.at("cluster"))
        guard let server = try cluster.string("server") else {
            throw cluster.wrong("server", "is missing; expected https://HOST:PORT")
        }
        var result = ClusterConfiguration(server: server)
        result.context = contextName
        result.namespace = try chosen.string("namespace") ?? "default"
        result.certificateAuthority = try cluster.text("certificate-authority")
        result.skipsTLSVerification = try cluster.bool("insecure-skip-tls-verify")
        if result.skipsTLSVerification, result.certificateAuthority != nil {
            throw cluster.wrong(
                "insecure-skip-tls-verify", "contradicts certificate-authority; remove one of the two")
        }
        result.tlsServerName = try cluster.string("tls-server-name")
        result.proxy = try cluster.string("proxy-url")
        var client: CertificatePaths.Client?
        if let userName = try chosen.string("user") {
            let user = try config.entry(
                config.users, userName, list: "users", member: "user", from: chosen.at("user"))
            result.clientCertificate = try clientCertificate(user)
            if let certificates = try user.path("client-certificate"), let key = try user.path("client-key") {
                client = CertificatePaths.Client(certificates: certificates, key: key)
            }
            result.impersonation = try impersonation(user)
            result.credentials = try credentials(user, cluster: cluster, server: result)
        }
        result.certificateFiles = CertificatePaths(authority: try cluster.path("certificate-authority"), client: client)
        return result
    }

    private static func clientCertificate(_ user: Fields) throws(ConfigurationError) -> ClientCertificate? {
        let certificates = try user.text("client-certificate")
        let key = try user.text("client-key")
        switch (certificates, key) {
        case (nil, nil): return nil
        case (let certificates?, let key?): return ClientCertificate(certificates: certificates, key: Secret(key))
        case (_?, nil): throw user.wrong("client-key", "is missing beside client-certificate")
        case (nil, _?): throw user.wrong("client-certificate", "is missing beside client-key")
        }
    }

    private static func impersonation(_ user: Fields) throws(ConfigurationError) -> Impersonation? {
        let groups = try user.strings("as-groups")
        let uid = try user.string("as-uid") ?? ""
        let extraFields = try user.object("as-user-extra")
        guard let name = try user.string("as") else {
            guard groups.isEmpty, uid.isEmpty, extraFields == nil else {
                throw user.wrong("as", "is missing beside as-groups, as-uid or as-user-extra")
            }
            return nil
        }
        var extra: [String: [String]] = [:]
        for (name, _) in extraFields?.json.object ?? [:] { extra[name] = try extraFields?.strings(name) }
        return Impersonation(user: name, uid: uid, groups: groups, extra: extra)
    }

    private static func credentials(
        _ user: Fields, cluster: Fields, server: ClusterConfiguration
    ) throws(ConfigurationError) -> Credentials {
        if try user.object("auth-provider") != nil {
            throw user.wrong(
                "auth-provider", "is not supported, nor by kubectl since 1.26; use the exec plugin of the provider")
        }
        let token = try user.string("token")
        let tokenFile = try user.string("tokenFile")
        let name = try user.string("username")
        let password = try user.string("password")
        if name != nil || password != nil {
            guard token == nil, tokenFile == nil else {
                throw user.wrong("username", "contradicts token; remove one of the two")
            }
            guard let name else { throw user.wrong("username", "is missing beside password") }
            return .basic(user: name, password: Secret(password ?? ""))
        }
        if let tokenFile { return .tokenFile(user.resolved(tokenFile)) }
        if let token {
            guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw user.wrong("token", "holds white space or other characters that no token has")
            }
            return .token(Secret(token))
        }
        if let exec = try user.object("exec") { return .exec(try plugin(exec, cluster: cluster, server: server)) }
        return .none
    }
}

extension Kubeconfig {
    fileprivate func contextName(_ wanted: String?) throws(ConfigurationError) -> String {
        let known = contexts.keys.sorted().joined(separator: ", ")
        let name = wanted ?? currentContext?.value.string
        guard let name else {
            throw ConfigurationError(
                file: files.first, path: "current-context",
                message: "is not set; set it to one of the contexts: \(known.isEmpty ? "(there are none)" : known)")
        }
        guard contexts[name] != nil else {
            throw ConfigurationError(
                file: wanted == nil ? currentContext?.file : files.joined(separator: ":"),
                path: wanted == nil ? "current-context" : "",
                message: "there is no context \"\(name)\"; there are: \(known.isEmpty ? "none" : known)")
        }
        return name
    }

    fileprivate func entry(
        _ entries: [String: Entry], _ name: String, list: String, member: String, from: (file: String, path: String)?
    ) throws(ConfigurationError) -> Fields {
        guard let entry = entries[name] else {
            let known = entries.keys.sorted().joined(separator: ", ")
            throw ConfigurationError(
                file: from?.file, path: from?.path ?? "",
                message: "\"\(name)\" is not in \(list); there are: \(known.isEmpty ? "none" : known)")
        }
        let fields = Fields(entry.value, file: entry.file, path: "\(list)[\(name)].\(member)")
        try fields.checkIsObject()
        return fields
    }
}

extension Fields {
    fileprivate func at(_ name: String) -> (file: String, path: String) { (file, "\(path).\(name)") }
}

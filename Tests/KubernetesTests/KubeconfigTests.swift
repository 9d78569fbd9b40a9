import Foundation
import JSONValues
import Secrets
import TestSupport
import Testing

@testable import Kubernetes

@Suite struct KubeconfigTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private func config(
        _ user: String, cluster: String = "server: https://10.0.0.1:6443", context: String = "", name: String = "c"
    ) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: \(name)
        contexts:
        - name: \(name)
          context: {cluster: \(name), user: \(name)\(context)}
        clusters:
        - name: \(name)
          cluster:
            \(cluster)
        users:
        - name: \(name)
          user:
            \(user)
        """
    }

    private func read(_ text: String) throws -> ClusterConfiguration {
        try .kubeconfig(path: try folder.write(text, to: "config"), environment: [:])
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try read(text)
            return "no error"
        } catch {
            return "\(error)".replacing(folder.path + "/", with: "")
        }
    }

    @Test func readsCredentials() throws {
        #expect(try read(config("token: abc")).credentials == .token(Secret("abc")))
        #expect(
            try read(config("{username: ada, password: p:w}")).credentials
                == .basic(user: "ada", password: Secret("p:w")))
        #expect(try read(config("tokenFile: token")).credentials == .tokenFile(folder.appending("token")))
        #expect(try read(config("{tokenFile: /t, token: x}")).credentials == .tokenFile("/t"))
        #expect(try read(config("{}")).credentials == .none)
        try folder.write("CERT", to: "pki/c.crt")
        try folder.write("KEY", to: "pki/c.key")
        let files = try read(config("{client-certificate: pki/c.crt, client-key: pki/c.key}"))
        #expect(files.clientCertificate == ClientCertificate(certificates: "CERT", key: Secret("KEY")))
        let data = try read(
            config(
                "{client-certificate-data: \(base64("A")), client-certificate: nowhere, client-key-data: \(base64("B"))}"
            ))
        #expect(data.clientCertificate == ClientCertificate(certificates: "A", key: Secret("B")))
        let other = try read(config("{token: t, as: bob, as-groups: [g, h], as-user-extra: {k: [v]}}"))
        #expect(other.impersonation == Impersonation(user: "bob", groups: ["g", "h"], extra: ["k": ["v"]]))
    }

    @Test func readsClusters() throws {
        try folder.write("CA", to: "ca.crt")
        let one = try read(
            config(
                "{}",
                cluster: "{server: 'https://a:1/prefix', certificate-authority: ca.crt, tls-server-name: b,"
                    + " proxy-url: 'http://p:3128'}", context: ", namespace: team"))
        #expect(one.server == "https://a:1/prefix")
        #expect(one.certificateAuthority == "CA")
        #expect(one.tlsServerName == "b")
        #expect(one.proxy == "http://p:3128")
        #expect(one.namespace == "team")
        #expect(one.context == "c")
        let two = try read(config("{}", cluster: "{server: 'http://a', insecure-skip-tls-verify: true}"))
        #expect(two.skipsTLSVerification)
        #expect(two.namespace == "default")
        let three = try read(
            config("{}", cluster: "{server: 'https://a', certificate-authority-data: \(base64("DATA"))}"))
        #expect(three.certificateAuthority == "DATA")
    }

    @Test func readsExecPlugins() throws {
        let exec = """
            exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: bin/helper
                  args: [get, token]
                  env: [{name: REGION, value: north}]
                  provideClusterInfo: true
                  interactiveMode: Never
                  installHint: apt install helper
            """
        let configuration = try read(
            config(
                exec,
                cluster:
                    "{server: 'https://a', extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]}"
            ))
        guard case .exec(let plugin) = configuration.credentials else {
            Issue.record("no exec plugin")
            return
        }
        #expect(plugin.version == .v1beta1)
        #expect(plugin.command == folder.appending("bin/helper"))
        #expect(plugin.arguments == ["get", "token"])
        #expect(plugin.environment == ["REGION": "north"])
        #expect(plugin.installHint == "apt install helper")
        #expect(plugin.clusterInfo == ["server": "https://a", "config": ["audience": "x"]])
    }

    @Test func mergesAListOfFiles() throws {
        let one = try folder.write(config("token: one", cluster: "server: https://one"), to: "one")
        let two = try folder.write(
            """
            current-context: d
            contexts:
            - {name: c, context: {cluster: nowhere}}
            - {name: d, context: {cluster: d, user: d}}
            clusters:
            - {name: c, cluster: {server: 'https://two', tls-server-name: kept-out}}
            - {name: d, cluster: {server: 'https://d', certificate-authority: ca.crt}}
            users:
            - {name: d, user: {tokenFile: token}}
            """, to: "sub/two")
        try folder.write("CA of sub", to: "sub/ca.crt")
        let empty = try folder.write("", to: "empty")
        let environment = ["KUBECONFIG": "\(folder.appending("missing")):\(empty):\(one)::\(two)"]
        let first = try ClusterConfiguration.kubeconfig(environment: environment)
        #expect(first.server == "https://one")
        #expect(first.tlsServerName == nil)
        #expect(first.credentials == .token(Secret("one")))
        let second = try ClusterConfiguration.kubeconfig(context: "d", environment: environment)
        #expect(second.server == "https://d")
        #expect(second.certificateAuthority == "CA of sub")
        #expect(second.credentials == .tokenFile(folder.appending("sub/token")))
        try folder.write(config("token: home"), to: ".kube/config")
        let home = try ClusterConfiguration.kubeconfig(environment: ["HOME": folder.path])
        #expect(home.credentials == .token(Secret("home")))
    }

    @Test func readsJSON() throws {
        let text = #"""
            {"apiVersion":"v1","kind":"Config","current-context":"x",
             "contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],
             "clusters":[{"name":"x","cluster":{"server":"https://x"}}],"users":[{"name":"x","user":{"token":"12"}}]}
            """#
        #expect(try read(text).credentials == .token(Secret("12")))
    }

    @Test func saysWhatIsWrongAndWhere() throws {
        #expect(problem("a: [").hasPrefix("config: does not read as YAML: line 2"))
        #expect(problem("- a") == "config: expected a mapping, found a list")
        #expect(problem("kind: Pod") == "config: kind: expected Config, found \"Pod\"; is this a kubeconfig?")
        #expect(
            problem("kind: Config")
                == "config: current-context: is not set; set it to one of the contexts: (there are none)")
        #expect(
            problem(config("{}").replacing("current-context: c", with: "current-context: x"))
                == "config: current-context: there is no context \"x\"; there are: c")
        #expect(
            problem(config("{}").replacing("user: c}", with: "user: d}"))
                == "config: contexts[c].context.user: \"d\" is not in users; there are: c")
        #expect(
            problem(config("{}", cluster: "{}"))
                == "config: clusters[c].cluster.server: is missing; expected https://HOST:PORT")
        #expect(
            problem(config("token: 123"))
                == "config: users[c].user.token: expected a string, found an integer; put it in quotes")
        #expect(
            problem(config("{token: a, username: b}"))
                == "config: users[c].user.username: contradicts token; remove one of the two")
        #expect(
            problem(config("client-key-data: aaaa"))
                == "config: users[c].user.client-certificate: is missing beside client-key"
                || problem(config("client-key-data: aaaa")).contains("is no PEM in Base64"))
        #expect(
            problem(config("client-certificate: nowhere"))
                == "config: users[c].user.client-certificate: nowhere: there is no such file")
        #expect(
            problem(
                config(
                    "{}",
                    cluster: "{server: 'https://a', insecure-skip-tls-verify: true, certificate-authority-data: QQ==}"))
                == "config: clusters[c].cluster.insecure-skip-tls-verify: contradicts certificate-authority;"
                + " remove one of the two")
        #expect(problem(config("auth-provider: {name: gcp}")).contains("use the exec plugin of the provider"))
        #expect(
            problem(config("exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}"))
                == "config: users[c].user.exec.apiVersion: expected client.authentication.k8s.io/v1 or"
                + " client.authentication.k8s.io/v1beta1")
        #expect(
            problem(
                config("exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always}")
            ).contains("needs a terminal"))
        #expect(throws: ConfigurationError.self) {
            try ClusterConfiguration.kubeconfig(path: folder.appending("none"), environment: [:])
        }
        #expect(throws: ConfigurationError.self) {
            try ClusterConfiguration.kubeconfig(environment: ["KUBECONFIG": folder.appending("none")])
        }
    }

    @Test func readsWhatAPodFinds() throws {
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        #expect(throws: ConfigurationError.self) { try ClusterConfiguration.inCluster(environment: [:]) }
        #expect(throws: ConfigurationError.self) {
            try ClusterConfiguration.inCluster(environment: environment, folder: folder.path)
        }
        try folder.write("t", to: "token")
        try folder.write("CA", to: "ca.crt")
        try folder.write("team\n", to: "namespace")
        let configuration = try ClusterConfiguration.inCluster(environment: environment, folder: folder.path)
        #expect(configuration.server == "https://[fd00::1]:443")
        #expect(configuration.credentials == .tokenFile(folder.appending("token")))
        #expect(configuration.certificateAuthority == "CA")
        #expect(configuration.namespace == "team")
    }

    @Test func neverShowsASecret() throws {
        let configuration = try read(config("{username: ada, password: hunter2}"))
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration.credentials), dumped] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test(arguments: ["", "10.0.0.1:6443", "ftp://a", "https://", "https://u:p@a", "https://a?x=1"])
    func refusesServersThatAreNoAddress(server: String) {
        #expect(throws: ConfigurationError.self) { try ServerAddress(ClusterConfiguration(server: server)) }
    }

    @Test func refusesProxiesItDoesNotSpeak() throws {
        let address = try ServerAddress(ClusterConfiguration(server: "https://a"))
        #expect(throws: ConfigurationError.self) { try address.proxy("https://p:1") }
        #expect(throws: ConfigurationError.self) { try address.proxy("p") }
        #expect(try address.proxy("socks5://p:1") != nil)
        #expect(try address.proxy(nil) == nil)
    }
}

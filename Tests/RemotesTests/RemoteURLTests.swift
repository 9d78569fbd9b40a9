import Remotes
import Testing

@Suite struct RemoteURLTests {
    @Test(arguments: [
        ("https://forge.example.com/team/graphs.git", RemoteURL.Scheme.https),
        ("https://forge.example.com:8443/graphs", .https),
        ("https://[2001:db8::1]:8443/graphs.git", .https),
        ("ssh://git@forge.example.com:2222/team/graphs.git", .ssh),
        ("ssh://forge/~/graphs.git", .ssh),
        ("git@forge.example.com:team/graphs.git", .ssh),
        ("forge:graphs.git", .ssh),
        ("git@[::1]:graphs.git", .ssh),
        ("file:///srv/git/graphs.git", .file),
        ("/srv/git/graphs.git", .file),
    ])
    func addressesAreRead(_ text: String, _ scheme: RemoteURL.Scheme) throws {
        let url = try RemoteURL(text)
        #expect(url.scheme == scheme && url.description == text)
    }

    @Test(arguments: [
        "", "graphs.git", "./graphs.git", "../graphs.git", "--upload-pack=touch /tmp/x", "-oProxyCommand=x:y",
        "ext::sh -c id", "ext::sh", "fd::7", "git://forge/graphs.git", "ftp://forge/graphs.git", "javascript://x/y",
        "http://forge.example.com/graphs.git", "HTTP://forge.example.com/graphs.git",
        "http://127.0.0.1:3000/graphs.git", "http://[::1]/graphs.git", "http://localhost/graphs.git",
        "https://-oProxyCommand=x/y", "ssh://-oProxyCommand=x/y", "ssh://-l@host/y", "-host:path", "git@-host:path",
        "host:-path", "host:", "https://forge.example.com", "https://forge.example.com/", "https:///graphs.git",
        "file://graphs.git", "https://forge:99999/x", "https://forge:abc/x", "https://for ge/x", "https://forge/x\ny",
        "ssh://git@for$(id)ge/x", "a@b@c:path", "https://[::1/x", "ssh://[x]/y",
    ])
    func whatIsNoneIsRefused(_ text: String) {
        #expect(throws: RemoteURLError.self) { try RemoteURL(text) }
    }

    @Test(arguments: [
        "https://ada:pa55@forge.example.com/graphs.git", "https://ghp_token@forge.example.com/graphs.git",
        "ssh://git:pa55@forge.example.com/graphs.git",
    ])
    func aPasswordInTheAddressIsRefusedWithAdvice(_ text: String) throws {
        let error = #expect(throws: RemoteURLError.self) { try RemoteURL(text) }
        let words = try #require(error).description
        #expect(words.contains("--remote-token-file") && !words.contains("pa55") && !words.contains("ghp_token"))
    }

    @Test func whatDoesNotGoTogetherIsSaid() throws {
        let web = try RemoteURL("https://forge.example.com/x.git")
        let shell = try RemoteURL("git@forge.example.com:x.git")
        func problem(_ url: RemoteURL, _ change: (inout RemoteAccess) -> Void) -> String? {
            var access = RemoteAccess()
            change(&access)
            return access.problem(with: url)
        }
        #expect(problem(web) { _ in } == nil)
        #expect(problem(web) { $0.secretFile = "/t" } == nil)
        #expect(problem(web) { $0.certificateFile = "/c" } != nil)
        #expect(problem(web) { $0.sshKeyFile = "/k" } != nil)
        #expect(problem(web) { $0.proxy = "http://ada:x@proxy:3128" } != nil)
        #expect(problem(web) { $0.proxy = "proxy:3128" } != nil)
        #expect(problem(web) { $0.proxy = "http://proxy:3128" } == nil)
        #expect(problem(shell) { _ in }?.contains("--ssh-known-hosts") == true)
        #expect(problem(shell) { $0.sshKeyFile = "/k" } != nil)
        #expect(
            problem(shell) {
                $0.sshKeyFile = "/k"
                $0.sshKnownHostsFile = "/h"
            } == nil)
        #expect(problem(shell) { $0.secretFile = "/t" } != nil)
    }
}

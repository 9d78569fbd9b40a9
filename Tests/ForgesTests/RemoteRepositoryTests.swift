import Forges
import Testing

@Suite struct RemoteRepositoryTests {
    @Test(arguments: [
        ("https://github.com/Acme/graphs.git", "github.com", "Acme/graphs"),
        ("https://user:pw@git.example.com:8443/gitea/acme/graphs/", "git.example.com:8443", "gitea/acme/graphs"),
        ("ssh://git@gitlab.com/acme/team/graphs.git", "gitlab.com", "acme/team/graphs"),
        ("git@bitbucket.org:acme/graphs.git", "bitbucket.org", "acme/graphs"),
        ("https://h/acme/graphs.git?x=1#y", "h", "acme/graphs"),
    ])
    func reads(_ url: String, host: String, path: String) throws {
        let repository = try #require(RemoteRepository(url: url))
        #expect(repository.host == host)
        #expect(repository.path == path)
    }

    @Test(arguments: [
        "", "file:///srv/graphs.git", "/srv/graphs.git", "https://", "https://host", "https:///a/b", "a/b:c",
    ])
    func readsNothingElse(_ url: String) { #expect(RemoteRepository(url: url) == nil) }

    @Test(arguments: [
        ("acme/graphs", true), ("Acme/Graphs", true), ("graphs", true), ("acme/other", false), ("e/graphs", false),
        ("x/acme/graphs", false), ("", false),
    ])
    func knowsItsName(_ name: String, _ isIt: Bool) {
        #expect(RemoteRepository(path: "gitea/acme/graphs").isCalled(name) == isIt)
    }
}

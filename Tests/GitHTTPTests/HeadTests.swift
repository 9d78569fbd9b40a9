import HTTPTypes
import Testing

@testable import GitHTTP

/// What is read out of requests and of what git answers, without a process.
@Suite struct HeadTests {
    @Test func aHeadIsStatusAndFields() throws {
        let text = "Status: 404 Not Found\r\nContent-Type: text/plain\nContent-Length: 3\r\n\r\nrest"
        let (head, length) = try #require(try CGIHead.read(Array(text.utf8)))
        #expect(head.status == 404 && head.fields == [.contentType: "text/plain"])
        #expect(text.utf8.count - length == 4)
    }

    @Test(arguments: ["", "Content-Type: text/plain\r\n", "Content-Type: text/plain\r\nExpires: x"])
    func anEndThatHasNotComeIsWaitedFor(_ text: String) throws {
        #expect(try CGIHead.read(Array(text.utf8)) == nil)
    }

    @Test(arguments: ["\r\nbody", "no header\n\n", "Status: ok\n\n", "Status: 100 Continue\n\n", "Bad Name: x\n\n"])
    func nonsenseIsRefused(_ text: String) {
        #expect(throws: CGIError.self) { try CGIHead.read(Array(text.utf8)) }
    }

    @Test func aHeadWithoutAnEndIsRefused() {
        let long = Array(repeating: Array("A: b\n".utf8), count: 20_000).flatMap { $0 }
        #expect(throws: CGIError.self) { try CGIHead.read(long) }
    }

    @Test func onlyTheSmartProtocolIsSpoken() throws {
        let fetch = try GitRequest(.get, path: "/info/refs", query: "service=git-upload-pack")
        #expect(fetch.service == .uploadPack && fetch.isAdvertisement)
        let push = try GitRequest(.post, path: "/git-receive-pack", query: nil)
        #expect(push.service == .receivePack && push.path == "/git-receive-pack")
    }

    @Test(arguments: [
        ("GET", "/info/refs", nil, Refusal.dumb), ("GET", "/info/refs", "service=git-upload-archive", .nothing),
        ("POST", "/info/refs", "service=git-upload-pack", .method("GET")), ("GET", "/HEAD", nil, .nothing),
        ("GET", "/objects/info/packs", nil, .nothing), ("GET", "/git-upload-pack", nil, .method("POST")),
        ("GET", "/config", nil, .nothing), ("POST", "/git-receive-pack/", nil, .nothing), ("GET", "", nil, .nothing),
        ("POST", "git-receive-pack", nil, .nothing), ("GET", "/../graphs.git/info/refs", nil, .nothing),
    ])
    func allElseIsRefused(_ method: String, _ path: String, _ query: String?, _ refusal: Refusal) throws {
        let method = try #require(HTTPRequest.Method(method))
        #expect(throws: refusal) { try GitRequest(method, path: path[...], query: query) }
    }

    @Test func theEnvironmentIsControlled() throws {
        let wanted = try GitRequest(.post, path: "/git-upload-pack", query: nil)
        var headers: HTTPFields = [.contentEncoding: "gzip", .contentLength: "12", .contentType: "a/b\u{E9}c"]
        headers[try #require(HTTPField.Name("Git-Protocol"))] = "version=2"
        let variables = BackendEnvironment.variables(
            wanted, headers: headers, GitHTTPOptions(repository: "/data/graphs.git"),
            Pusher(user: "ada", name: "Ada <a>\n", email: ""))
        #expect(variables["GIT_PROJECT_ROOT"] == "/data" && variables["PATH_INFO"] == "/graphs.git/git-upload-pack")
        #expect(variables["CONTENT_LENGTH"] == nil && variables["CONTENT_TYPE"] == "a/bc")
        #expect(variables["HTTP_CONTENT_ENCODING"] == "gzip" && variables["GIT_PROTOCOL"] == "version=2")
        #expect(variables["REMOTE_USER"] == "ada" && variables["GIT_COMMITTER_NAME"] == "Ada a")
        #expect(variables["GIT_COMMITTER_EMAIL"] == "unknown")
    }

    @Test func placesAreGivenInOrderAndNotForEver() async {
        let places = Places(1, ofOne: 1)
        #expect(await places.take("a", within: .zero))
        #expect(await !places.take("b", within: .milliseconds(10)))
        async let second = places.take("b", within: .seconds(600))
        await places.give("a")
        #expect(await second)
        let cancelled = Task { await places.take("a", within: .seconds(600)) }
        cancelled.cancel()
        #expect(await !cancelled.value)
        await places.give("b")
        #expect(await places.take("a", within: .zero))
    }

    @Test func nobodyHoldsMoreThanAShare() async {
        let places = Places(4, ofOne: 2)
        #expect(await places.take("a", within: .zero))
        #expect(await places.take("a", within: .zero))
        #expect(await !places.take("a", within: .milliseconds(10)), "that is its share")
        async let third = places.take("a", within: .seconds(600))
        #expect(await places.take("b", within: .zero), "who waits for a share does not hold up others")
        await places.give("a")
        #expect(await third)
        #expect(await places.take("c", within: .zero))
        #expect(await !places.take("d", within: .milliseconds(10)), "that is all there are")
    }
}

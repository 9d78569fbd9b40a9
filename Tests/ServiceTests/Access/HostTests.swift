import Foundation
import Hummingbird
import JSONValues
import TestSupport
import Testing

@testable import Service

/// By which names the service is asked, and from which pages.
@Suite struct HostTests {
    @Test(
        arguments: [
            ("localhost", true), ("localhost:8080", true), ("LOCALHOST.", true), ("rampart.localhost:8080", true),
            ("127.0.0.1:8080", true), ("[::1]:8080", true), ("10.1.2.3", true), ("", true), (nil, true),
            ("mine.example", true), ("mine.example:80", true), ("evil.example", false), ("evil.example:8080", false),
            ("localhost.evil.example", false), ("127.0.0.1.evil.example", false), ("notlocalhost", false),
            ("x.mine.example", false),
        ] as [(String?, Bool)])
    func onThisMachineNamesOfOthersAreNotTaken(_ host: String?, _ isAllowed: Bool) {
        var options = ServiceOptions()
        options.allowedHosts = ["Mine.Example"]
        #expect(AllowedHosts(options).allows(host) == isAllowed)
    }

    @Test func namesDoNotMatterWhereTheyAreNotKnownOrCredentialsAreAskedFor() async throws {
        var options = ServiceOptions()
        options.host = "0.0.0.0"
        #expect(AllowedHosts(options).allows("any.example"))
        options.allowedHosts = ["mine.example"]
        #expect(!AllowedHosts(options).allows("any.example"), "they are known where they are said")
        options.host = "127.0.0.1"
        options.access = try await Guarded().control
        #expect(AllowedHosts(options).allows("any.example"))
    }

    @Test func aPageThatHasItsNameLeadHereReadsAndWritesNothing() async throws {
        try await Stack.run { stack in
            for (method, path) in [("GET", "/api/v1/apps"), ("POST", "/api/v1/sync"), ("GET", "/docs")] {
                let answer = try await stack.send(method, path, headers: ["Host": "evil.example:8080"])
                #expect(answer.status == 421 && answer.state == "host_not_allowed", "\(path)")
                #expect(answer.message?.contains("--allowed-host evil.example") == true)
            }
            #expect(try await stack.get("/healthz", headers: ["Host": "pod.cluster"]).status == 200)
            #expect(try await stack.get("/readyz", headers: ["Host": "pod.cluster"]).status == 200)
            #expect(try await stack.get("/api/v1/apps", headers: ["Host": "localhost:8080"]).status == 200)
        }
    }

    @Test(
        arguments: [
            ("http://ui.example", "ui.example", true), ("http://ui.example", "ui.example:80", true),
            ("https://ui.example", "ui.example", true), ("http://ui.example:8080", "UI.example:8080", true),
            ("http://[::1]:8080", "[::1]:8080", true), ("http://ui.example:8080", "ui.example", false),
            ("http://evil.example", "ui.example", false), ("null", "ui.example", false),
            ("http://ui.example.evil", "ui.example", false),
        ])
    func anOriginIsComparedWithTheHost(_ origin: String, _ host: String, _ isSame: Bool) {
        #expect(HostHeader(host).isOrigin(origin) == isSame)
    }

    /// Browsers leave `Sec-Fetch-Site` out where a service on another machine has no TLS.
    @Test func aFormOfAnotherSiteIsRefusedWithoutABrowsersWordOnIt() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { $0.service.corsOrigins = ["https://ui.example.com"] }
        try await Stack.run(options) { stack in
            func confirm(_ origin: String, site: String = "") async throws -> Answer {
                var headers = Guarded.bearer("boss")
                headers["Origin"] = origin
                headers["Sec-Fetch-Site"] = site
                return try await stack.send("POST", "/api/v1/sync/confirm", headers: headers)
            }
            for origin in ["http://evil.example", "null", "https://127.0.0.1:1"] {
                let answer = try await confirm(origin)
                #expect(answer.status == 403 && answer.state == "origin_not_allowed", "\(origin)")
            }
            #expect(try await confirm(stack.url).state == "nothing_held", "a page of the service's own")
            #expect(try await confirm("https://ui.example.com").state == "nothing_held")
            #expect(try await confirm("").state == "nothing_held", "no browser")
            #expect(try await confirm("http://proxy.example", site: "same-origin").state == "nothing_held")
        }
    }

    /// What the Fetch standard allows of `*`: any page may ask, but not in the name of whoever looks at it.
    @Test func allOriginsMayAskWithATokenOfTheirOwn() async throws {
        let guarded = try await Guarded()
        let options = guarded.options { $0.service.corsOrigins = ["*", "https://ui.example.com"] }
        try await Stack.run(options) { stack in
            var headers = Guarded.bearer("boss")
            headers["Origin"] = "https://any.example"
            headers["Sec-Fetch-Site"] = "cross-site"
            let any = try await stack.get("/api/v1/apps", headers: headers)
            #expect(any.headers["access-control-allow-origin"] == "*")
            #expect(any.headers["access-control-allow-credentials"] == nil)
            #expect(try await stack.send("POST", "/api/v1/sync", headers: headers).status == 202)
            headers["Authorization"] = "Basic " + Data("x:boss-token".utf8).base64EncodedString()
            let basic = try await stack.send("POST", "/api/v1/sync", headers: headers)
            #expect(basic.state == "origin_not_allowed", "the browser may have added that")
            headers["Origin"] = "https://ui.example.com"
            let named = try await stack.send("POST", "/api/v1/sync", headers: headers)
            #expect(named.status == 202)
            #expect(named.headers["access-control-allow-origin"] == "https://ui.example.com")
            #expect(named.headers["access-control-allow-credentials"] == "true")
        }
    }
}

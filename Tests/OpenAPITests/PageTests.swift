import JSONValues
import Testing

@testable import OpenAPI

@Suite struct PageTests {
    @Test func showsEveryOperationAndSchema() throws {
        let json = try Document(basePath: "/rampart").json
        let html = Page(json).html
        for (path, item) in json["paths"]?.object ?? [:] {
            #expect(html.contains("<code>\(path)</code>"))
            for method in Operation.methods {
                guard let id = item[method]?["operationId"]?.string else { continue }
                #expect(html.contains("<article id=\"\(id)\">"))
            }
        }
        for name in (json.at("components", "schemas")?.object ?? [:]).keys {
            #expect(html.contains("id=\"schema-\(name)\""))
        }
        #expect(html.contains("</span>/rampart</code>"))
    }

    /// Every link on the page leads somewhere on it, or to the document; nothing is fetched from anywhere.
    @Test func asksForNothingElse() throws {
        let html = Page(try Document(basePath: "").json).html
        let anchors = Set(html.matches(of: #/ id="([^"]+)"/#).map { String($0.output.1) })
        for link in html.matches(of: #/ (?:href|src)="([^"]*)"/#).map({ String($0.output.1) }) {
            let isHere = link.hasPrefix("#") && anchors.contains(String(link.dropFirst()))
            #expect(isHere || link == "openapi.json" || link == "data:,", "\(link)")
        }
        #expect(!html.contains("@import"))
        #expect(!html.contains("url("))
    }

    @Test func allowsExactlyItsOwnStyleAndScript() throws {
        let page = Page(try Document(basePath: "").json)
        #expect(page.contentSecurityPolicy.contains("default-src 'none'"))
        #expect(!page.contentSecurityPolicy.contains("unsafe"))
        #expect(page.html.components(between: "<script", "</script>") == [">" + Page.script])
        #expect(page.html.components(between: "<style", "</style>") == [">" + Page.style])
        #expect(!page.html.contains(" style=") && !page.html.contains(" onclick="))
    }

    @Test func escapesWhatIsNoHTML() {
        let plain = "<b>&\"'"
        #expect(("<i>\(plain)</i>" as HTML).text == "<i>&lt;b&gt;&amp;&quot;&#39;</i>")
        #expect(
            HTML(markdown: "a `<x>`\n\n- one\n- two").text
                == "<p>a <code>&lt;x&gt;</code></p><ul><li>one</li><li>two</li></ul>")
    }
}

extension String {
    fileprivate func components(between start: String, _ end: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let from = rest.firstRange(of: start) {
            rest = rest[from.upperBound...]
            guard let to = rest.firstRange(of: end) else { break }
            parts.append(String(rest[..<to.lowerBound]))
            rest = rest[to.upperBound...]
        }
        return parts
    }
}

import Foundation
import HTTPTypes
import JSONValues
import OpenAPI
import Testing

@testable import Service

/// The description against the service: neither knows a path, a method or an error that the other does not.
@Suite struct DescriptionTests {
    @Test(arguments: ["", "/ui/rampart"]) func pathsAndMethodsAreThoseOfTheService(_ base: String) throws {
        let document = try Document(basePath: base).json
        let paths = Paths(basePath: base)
        var described: Set<Endpoint> = []
        for (path, item) in document["paths"]?.object ?? [:] {
            let endpoint = try #require(
                paths.endpoint(base + Self.filled(path, item, document)), "described, but not served: \(path)")
            described.insert(endpoint)
            let methods = Set(item.object?.keys ?? []).subtracting(["parameters", "summary", "description"])
            #expect(methods == Set(endpoint.methods.map { $0.rawValue.lowercased() }), "\(path)")
        }
        let names = Set(described.map(Self.name))
        for name in try Self.cases() {
            #expect(names.contains(name), "served, but not described: \(name). See docs/architecture.md, REST")
        }
        let parts = described.compactMap { if case .flow(_, _, let part) = $0 { part } else { nil } }
        #expect(Set(parts) == Set(FlowPart.allCases))
        let sides = described.compactMap { if case .edge(_, let side, _, _) = $0 { side } else { nil } }
        #expect(Set(sides) == Set(EdgeSide.allCases))
    }

    @Test func isServedWithTagsAndAPolicy() async throws {
        var options = Stack.Options()
        options.service.basePath = "rampart"
        try await Stack.run(options) { stack async throws in
            let document = try await stack.get("/rampart/openapi.json")
            #expect(document.status == 200)
            #expect(document.json["openapi"] == "3.1.0")
            #expect(document.json["servers"]?[0]?["url"] == "/rampart")
            let tag = try #require(document.etag)
            #expect(try await stack.get("/rampart/openapi.json", headers: ["If-None-Match": tag]).status == 304)
            #expect(try await stack.get("/openapi.json").status == 404)
            let page = try await stack.get("/rampart/docs")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(page.text.contains("POST</b><code>/api/v1/graphs</code>"))
            let pageTag = try #require(page.etag)
            #expect(try await stack.get("/rampart/docs", headers: ["If-None-Match": pageTag]).status == 304)
        }
    }

    /// A path with the examples of its parameters.
    private static func filled(_ path: String, _ item: JSON, _ document: JSON) -> String {
        (item["parameters"]?.array ?? []).reduce(path) { path, reference in
            let name = reference["$ref"]?.string?.split(separator: "/").last.map { String($0) } ?? ""
            let parameter = document.at("components", "parameters", name) ?? reference
            return path.replacing(
                "{\(parameter["name"]?.string ?? "")}", with: parameter["example"]?.string ?? "")
        }
    }

    private static func name(_ endpoint: Endpoint) -> String {
        Mirror(reflecting: endpoint).children.first?.label ?? "\(endpoint)"
    }

    /// The cases of ``Endpoint``, out of its source: Swift lists none that have values.
    private static func cases() throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Service/Server/Endpoint.swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        let body = try #require(source.firstMatch(of: #/enum Endpoint.*?\n}/#.dotMatchesNewlines()))
        let names = body.output.matches(of: #/\n    case (\w+)/#).map { String($0.output.1) }
        #expect(names.count > 15)
        return names
    }
}

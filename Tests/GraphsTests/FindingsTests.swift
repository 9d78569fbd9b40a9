import Graphs
import JSONValues
import Testing

/// Texts of which much is wrong: what is told of them stays as short as people read it.
@Suite struct FindingsTests {
    private func manifest(components: JSONObject, flows: JSONObject = [:]) -> JSON {
        [
            "apiVersion": .string(Manifest.apiVersion), "kind": .string(Manifest.kind), "metadata": ["name": "demo"],
            "spec": ["graph": ["components": .object(components), "flows": .object(flows)]],
        ]
    }

    private func component(_ members: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        object["chart"] = ["repo": "charts", "name": "trainer", "version": "1.0.0"]
        for (name, value) in members { object[name] = value }
        return .object(object)
    }

    private func problems(_ json: JSON) throws -> [Problem] {
        try #require(throws: Problems.self) { _ = try Manifest(checking: json) }.list
    }

    /// Each of them would have listed all the others.
    @Test func manyMistakesAreCounted() throws {
        var components = JSONObject()
        for number in 0..<5_000 {
            components["c\(number)"] = component([("needs", .array(Array(repeating: "x", count: 100)))])
        }
        let found = try problems(manifest(components: components))
        #expect(found.count == 101)
        #expect(found[0].path == "spec.graph.components.c0.needs.0")
        #expect(found[0].message.hasSuffix("c18, c19 and 4980 more"))
        #expect(found[100].message == "and 499900 more of this kind")
        #expect(Problems(found).description.utf8.count < 100_000)
    }

    /// Each pair of them lies in one another.
    @Test func mountsAreHeldAgainstTheNearest() throws {
        var inputs = JSONObject()
        for number in 0..<10_000 {
            inputs["e\(number)"] = ["type": "volume", "flow": "data", "config": ["mountPath": "/a"]]
        }
        let json = manifest(
            components: ["one": component([("inputs", .object(inputs))])], flows: ["data": ["type": "volume"]])
        #expect(try problems(json).last?.message == "and 9899 more of this kind")
    }

    @Test(
        arguments: [
            (["/a", "/b", "/ab"], []), (["/a/b", "/a"], ["e1: /a, /a/b"]), (["/a", "/a"], ["e1: /a, /a"]),
            (["/a", "/a/b", "/a/b/c", "/a/d"], ["e1: /a/b, /a", "e2: /a/b/c, /a/b", "e3: /a/d, /a"]),
            (["/a/c", "/a/b", "/a", "//a//b/"], ["e3: /a/b, /a/b", "e2: /a, /a/b", "e2: /a, /a/c"]),
        ] as [([String], [String])])
    func whatLiesInOneAnother(_ mounts: [String], _ expected: [String]) throws {
        var inputs = JSONObject()
        for (number, mount) in mounts.enumerated() {
            inputs["e\(number)"] = ["type": "volume", "flow": "data", "config": ["mountPath": .string(mount)]]
        }
        let json = manifest(
            components: ["one": component([("inputs", .object(inputs))])], flows: ["data": ["type": "volume"]])
        var found: [String] = []
        do {
            _ = try Manifest(checking: json)
        } catch {
            found = error.list.map { problem in
                let paths = problem.message.split(separator: " ").filter { $0.hasPrefix("/") }.joined(separator: " ")
                return "\(problem.path.split(separator: ".").last ?? ""): \(paths)".replacing(",,", with: ",")
            }
        }
        #expect(
            found.map { $0.replacing(",", with: "") }.sorted()
                == expected.map { $0.replacing(",", with: "") }.sorted())
    }

    /// A name of a megabyte stands in no message, nor in a path.
    @Test func longNamesAreCutOff() throws {
        let long = String(repeating: "é", count: 500_000)
        let found = try problems(
            manifest(components: [
                long: component([("needs", [.string(long)]), ("inputs", [long: ["type": .string(long)]])])
            ]))
        #expect(found.count >= 4)
        for problem in found { #expect(problem.description.utf8.count < 3_000, "\(problem.message.prefix(80))") }
        let text = "\(long): 1\n\(long): 2\n"
        let twice = #expect(throws: Problems.self) { _ = try Manifest(reading: Array(text.utf8), format: .yaml) }
        #expect((twice?.description.utf8.count ?? .max) < 3_000)
    }
}

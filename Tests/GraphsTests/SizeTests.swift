import Graphs
import JSONValues
import Testing

@Suite struct SizeTests {
    /// A manifest with a component whose configuration holds a text of some length.
    static func manifest(_ length: Int) -> JSON {
        [
            "apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph",
            "metadata": ["namespace": "default", "name": "demo"],
            "spec": [
                "graph": [
                    "components": [
                        "web": [
                            "type": "generic-service", "chart": ["repo": "rampart-repo", "name": "web"],
                            "config": ["text": .string(String(repeating: "x", count: length))],
                        ]
                    ], "flows": [:],
                ]
            ],
        ]
    }

    @Test func aManifestThatFitsIsTakenAndOneByteMoreIsNot() throws {
        let around = Self.manifest(0).bytes().count
        let largest = Manifest.maximumBytes - around
        _ = try Manifest(checking: Self.manifest(largest))
        let error = #expect(throws: Problems.self) { try Manifest(checking: Self.manifest(largest + 1)) }
        #expect(error?.list.map(\.path) == ["spec.graph"])
        #expect(error?.list.first?.message.contains("1048577 bytes") == true)
    }

    @Test func aFileSaysWhere() throws {
        let text = Self.manifest(Manifest.maximumBytes).bytes(.pretty)
        let error = #expect(throws: Problems.self) { try Manifest(reading: text, format: .json, file: "graph.json") }
        #expect(error?.list.first?.file == "graph.json")
        #expect(error?.list.first?.line != nil)
    }

    /// A short file whose aliases make a long manifest.
    @Test func aliasesCountWithWhatTheyStandFor() {
        let text = String(repeating: "x", count: 60_000)
        let lines = (0..<20).map { "          t\($0): *t" }.joined(separator: "\n")
        let yaml = """
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata: {name: demo, namespace: default}
            spec:
              graph:
                flows: {}
                components:
                  web:
                    type: generic-service
                    chart: {repo: rampart-repo, name: web}
                    config:
                      t: &t \(text)
            \(lines)
            """
        let error = #expect(throws: Problems.self) {
            try Manifest(reading: Array(yaml.utf8), format: .yaml, file: "graph.yaml")
        }
        #expect(error?.list.first?.path == "spec.graph", "\(error.map { "\($0)" } ?? "")")
    }
}

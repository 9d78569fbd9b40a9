import Graphs
import JSONValues
import Testing

/// A manifest with one thing wrong, and what the reader says of it.
struct Wrong: Sendable, CustomTestStringConvertible {
    let what: String
    /// A line of ``CheckTests/good`` and what stands there instead.
    let line: String
    let instead: String
    /// `line:path` of the problem expected.
    let place: String
    let message: String

    var testDescription: String { what }
}

@Suite struct CheckTests {
    static let good = """
        apiVersion: rampart.petuum.com/v1beta2
        kind: RampartGraph
        metadata:
          name: demo
          labels: {team: vision}
        spec:
          deploy: true
          graph:
            components:
              my_trainer:
                type: ray-job
                chart: {repo: rampart-repo, name: ray-job, version: 1.2.3-rc.1}
                needs: [board]
                config: {rate: 0.1}
                inputs:
                  code: {type: repository, flow: code, config: {mountPath: /code}}
                outputs:
                  logs: {type: volume, flow: data}
              board:
                chart: {repo: rampart-repo, name: tensorboard, version: latest}
                namespace: boards
                inputs:
                  logs: {type: volume, flow: data, config: {mountPath: /logs}}
                  talk: {type: pulsar, flow: messages}
            flows:
              data: {type: volume, config: {size: 10Gi, reclaimPolicy: Retain}}
              code: {type: repository, config: {kind: dvc, storage: s3, size: 1G}}
              messages: {type: pulsar}

        """

    static func read(_ text: String, _ format: ManifestFormat = .yaml) throws(Problems) -> Manifest {
        try Manifest(reading: Array(text.utf8), format: format, file: "graph.yaml")
    }

    @Test func aGoodManifestIsRead() throws {
        let manifest = try Self.read(Self.good)
        #expect(manifest.name == "demo" && manifest.namespace == nil && manifest.deploys)
        #expect(manifest.labels == ["team": "vision"])
        #expect(manifest.graph.at("components", "my_trainer", "config", "rate") == 0.1)
        let json = try Manifest(reading: manifest.json.bytes(.pretty), format: .json)
        #expect(json == manifest && json.hash == manifest.hash)
    }

    static let table: [Wrong] = [
        Wrong(
            what: "another kind", line: "kind: RampartGraph", instead: "kind: Pod", place: "2:kind",
            message: "expected kind: RampartGraph, found \"Pod\""),
        Wrong(
            what: "another version", line: "/v1beta2", instead: "/v1", place: "1:apiVersion",
            message: "expected apiVersion: rampart.petuum.com/v1beta2"),
        Wrong(
            what: "a bad name", line: "  name: demo", instead: "  name: De_mo", place: "4:metadata.name",
            message: "lower case"),
        Wrong(what: "no name", line: "  name: demo\n", instead: "", place: "3:metadata.name", message: "found nothing"),
        Wrong(
            what: "a label that is a number", line: "team: vision", instead: "team: 5", place: "5:metadata.labels.team",
            message: "quotes"),
        Wrong(
            what: "an unknown field of spec", line: "  deploy: true", instead: "  replicas: 2",
            place: "7:spec.replicas", message: "deploy, graph"),
        Wrong(
            what: "deploy is a text", line: "deploy: true", instead: "deploy: \"true\"", place: "7:spec.deploy",
            message: "true or false, found a string"),
        Wrong(
            what: "an unknown field of a component", line: "type: ray-job", instead: "kind: ray-job",
            place: "11:spec.graph.components.my_trainer.kind", message: "unknown field"),
        Wrong(
            what: "a chart without a repository", line: "repo: rampart-repo, name: ray-job", instead: "name: ray-job",
            place: "12:spec.graph.components.my_trainer.chart.repo", message: "a chart repository"),
        Wrong(
            what: "a version that is none", line: "1.2.3-rc.1", instead: "v1.2",
            place: "12:spec.graph.components.my_trainer.chart.version", message: "found \"v1.2\""),
        Wrong(
            what: "needs what is not there", line: "needs: [board]", instead: "needs: [bord]",
            place: "13:spec.graph.components.my_trainer.needs.0", message: "no component \"bord\""),
        Wrong(
            what: "a flow that is not there", line: "flow: code,", instead: "flow: cod,",
            place: "16:spec.graph.components.my_trainer.inputs.code.flow", message: "no flow \"cod\""),
        Wrong(
            what: "a flow of another type", line: "logs: {type: volume, flow: data}",
            instead: "logs: {type: volume, flow: code}", place: "18:spec.graph.components.my_trainer.outputs.logs.flow",
            message: "is a repository flow, expected a volume flow"),
        Wrong(
            what: "an edge of no type", line: "type: repository, flow: code, config",
            instead: "type: repo, flow: code, config", place: "16:spec.graph.components.my_trainer.inputs.code.type",
            message: "one of volume, pulsar, repository"),
        Wrong(
            what: "edge names that meet", line: "logs: {type: volume, flow: data}",
            instead: "code: {type: volume, flow: data, config: {mountPath: /x}}",
            place: "18:spec.graph.components.my_trainer.outputs.code", message: "same name"),
        Wrong(
            what: "mount paths in one another", line: "logs: {type: volume, flow: data}",
            instead: "logs: {type: volume, flow: data, config: {mountPath: /code/logs}}",
            place: "18:spec.graph.components.my_trainer.outputs.logs", message: "lie in one another"),
        Wrong(
            what: "a relative mount path", line: "mountPath: /code", instead: "mountPath: code",
            place: "16:spec.graph.components.my_trainer.inputs.code.config.mountPath", message: "absolute path"),
        Wrong(
            what: "a pulsar edge with a mount path", line: "talk: {type: pulsar, flow: messages}",
            instead: "talk: {type: pulsar, flow: messages, config: {mountPath: /x}}",
            place: "24:spec.graph.components.board.inputs.talk.config.mountPath", message: "unknown field"),
        Wrong(
            what: "a flow's bad size", line: "size: 10Gi", instead: "size: ten",
            place: "26:spec.graph.flows.data.config.size", message: "10Gi"),
        Wrong(
            what: "a reclaim policy that is none", line: "reclaimPolicy: Retain", instead: "reclaimPolicy: retain",
            place: "26:spec.graph.flows.data.config.reclaimPolicy", message: "Retain or Delete"),
        Wrong(
            what: "DVC elsewhere than in S3", line: "storage: s3", instead: "storage: gcs",
            place: "27:spec.graph.flows.code.config.storage", message: "s3"),
        Wrong(
            what: "a flow of no type", line: "messages: {type: pulsar}", instead: "messages: {type: kafka}",
            place: "28:spec.graph.flows.messages.type", message: "found \"kafka\""),
        Wrong(
            what: "names that meet", line: "messages: {type: pulsar}",
            instead: "my-trainer: {type: pulsar}\n      messages: {type: pulsar}",
            place: "28:spec.graph.flows.my-trainer", message: "my_trainer has the same name"),
        Wrong(
            what: "the flows' own name", line: "board:\n", instead: "rampart_flows:\n",
            place: "19:spec.graph.components.rampart_flows", message: "flows' own component"),
        Wrong(
            what: "a tab", line: "    chart: {repo: rampart-repo, name: ray-job",
            instead: "\tchart: {repo: rampart-repo, name: ray-job", place: "12:", message: "tab"),
        Wrong(
            what: "a key twice", line: "type: ray-job", instead: "type: ray-job\n        type: other",
            place: "12:spec.graph.components.my_trainer.type", message: "second time"),
        Wrong(
            what: "NaN", line: "rate: 0.1", instead: "rate: .nan",
            place: "14:spec.graph.components.my_trainer.config.rate", message: "NaN"),
        Wrong(
            what: "an integer beyond 64 bits", line: "rate: 0.1", instead: "rate: 9223372036854775808",
            place: "14:spec.graph.components.my_trainer.config.rate", message: "beyond 64 bits"),
        Wrong(
            what: "a key that is a boolean", line: "config: {rate: 0.1}", instead: "config: {yes: 1}",
            place: "14:spec.graph.components.my_trainer.config.yes", message: "quotes"),
        Wrong(
            what: "a second document", line: "      messages: {type: pulsar}\n",
            instead: "      messages: {type: pulsar}\n---\na: 1\n", place: "29:", message: "second document"),
        Wrong(
            what: "a tag", line: "rate: 0.1", instead: "rate: !!binary aGk=",
            place: "14:spec.graph.components.my_trainer.config.rate", message: "tag"),
    ]

    @Test(arguments: table)
    func whatIsWrongIsToldWithItsPlace(_ wrong: Wrong) throws {
        let text = Self.good.replacing(wrong.line, with: wrong.instead, maxReplacements: 1)
        try #require(text != Self.good, "the line is not in the manifest")
        let problems = #expect(throws: Problems.self) { try Self.read(text) }
        let list = problems?.list ?? []
        #expect(
            list.contains { "\($0.line ?? 0):\($0.path)" == wrong.place && $0.message.contains(wrong.message) },
            "\(list.map(\.description))")
        #expect(list.allSatisfy { $0.file == "graph.yaml" && $0.line != nil && $0.column != nil })
    }

    @Test func allThatIsWrongIsToldInTheOrderOfTheText() {
        let text = Self.good.replacing("size: 10Gi", with: "size: x").replacing("flow: code,", with: "flow: x,")
            .replacing("kind: RampartGraph", with: "kind: Graph")
        let problems = #expect(throws: Problems.self) { try Self.read(text) }
        #expect(problems?.list.map(\.line) == [2, 16, 26])
    }

    @Test func theSameHoldsForJSON() {
        let text =
            "{\n \"apiVersion\": \"rampart.petuum.com/v1beta2\",\n \"kind\": \"RampartGraph\",\n \"metadata\": {},\n"
            + " \"spec\": {\"graph\": {\"components\": {}, \"flows\": {\"a\": {\"type\": 5}}}}}"
        let problems = #expect(throws: Problems.self) { try Self.read(text, .json) }
        #expect(
            problems?.list.map { "\($0.line ?? 0):\($0.path)" } == ["4:metadata.name", "5:spec.graph.flows.a.type"])
    }

    @Test func anOldVersionIsRaisedAndWhatAServerSetIsDropped() throws {
        let text =
            Self.good.replacing("v1beta2", with: "v1beta1")
            .replacing("  name: demo", with: "  name: demo\n  uid: x\n  resourceVersion: \"5\"\n  generation: 3")
            + "status:\n  phase: Deployed\n"
        let manifest = try Self.read(text)
        #expect(manifest.json["apiVersion"] == "rampart.petuum.com/v1beta2")
        #expect(manifest.json["status"] == nil)
        #expect(manifest.json["metadata"] == ["name": "demo", "labels": ["team": "vision"]])
        #expect(manifest.hash == (try Self.read(Self.good)).hash)
    }

    @Test func aliasesAreExpandedWithinBounds() throws {
        let text = Self.good.replacing("config: {rate: 0.1}", with: "config: &c {rate: 0.1}")
            .replacing(
                "namespace: boards", with: "namespace: boards\n        config:\n          <<: *c\n          epochs: 3")
        let manifest = try Self.read(text)
        #expect(manifest.graph.at("components", "board", "config") == ["epochs": 3, "rate": 0.1])
        var bomb = "a0: &a0 [x]\n"
        for level in 1...30 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        let problems = #expect(throws: Problems.self) { try Self.read(bomb) }
        #expect(problems?.description.contains("aliases expanded") == true)
        #expect(throws: Problems.self) { try Self.read(String(repeating: "[", count: 100_000)) }
        #expect(throws: Problems.self) { try Self.read(String(repeating: "- ", count: 100_000)) }
    }
}

import Graphs
import JSONValues
import Testing

/// Setting `spec.deploy` edits one line and nothing else.
@Suite struct DeployTests {
    private func set(_ deploys: Bool, _ text: String, _ format: ManifestFormat = .yaml) throws -> String {
        String(decoding: try Manifest.settingDeploy(deploys, in: Array(text.utf8), format: format), as: UTF8.self)
    }

    @Test func theLineIsChanged() throws {
        let text = CheckTests.good.replacing("deploy: true", with: "deploy:   yes   # until Friday")
        let edited = try set(false, text)
        #expect(edited == text.replacing("deploy:   yes   # until", with: "deploy:   false   # until"))
        #expect(try set(true, edited) == text.replacing("yes", with: "true"))
        #expect(try set(true, text) == text)
    }

    @Test(arguments: ["\n", "\r\n"])
    func aMissingLineIsAdded(_ end: String) throws {
        let text = CheckTests.good.replacing("  deploy: true\n", with: "  # the graph\n").replacing("\n", with: end)
        let edited = try set(false, text)
        #expect(edited == text.replacing("spec:\(end)", with: "spec:\(end)  deploy: false\(end)"))
        #expect(try CheckTests.read(edited).deploys == false)
    }

    @Test func aDeployOfAComponentIsLeftAlone() throws {
        let text = CheckTests.good.replacing("  deploy: true\n", with: "")
            .replacing("config: {rate: 0.1}", with: "config:\n          deploy: true")
        let edited = try CheckTests.read(set(false, text))
        #expect(edited.deploys == false)
        #expect(edited.graph.at("components", "my_trainer", "config", "deploy") == true)
    }

    @Test func jsonAndFlowStyleWork() throws {
        let manifest = try CheckTests.read(CheckTests.good)
        for options in [JSONWritingOptions.compact, .pretty] {
            let text = manifest.json.text(options)
            #expect(
                try set(false, text, .json)
                    == text.replacing("\"deploy\": true", with: "\"deploy\": false").replacing(
                        "\"deploy\":true", with: "\"deploy\":false"))
        }
        let flow =
            "apiVersion: rampart.petuum.com/v1beta2\nkind: RampartGraph\nmetadata: {name: a}\nspec: {graph: {components: {}, flows: {}}}\n"
        let edited = try CheckTests.read(set(false, flow))
        #expect(edited.deploys == false && edited.name == "a")
    }

    @Test func theDifferenceOfTwoGraphsIsTold() throws {
        let old = try CheckTests.read(CheckTests.good).graph
        var new = old
        new["components"]?["my_trainer"]?["config"]?["rate"] = 0.2
        new["components"]?["board"] = nil
        new["flows"]?["extra"] = ["type": "pulsar"]
        let comparison = GraphComparison(from: old, to: new)
        #expect(comparison.components == .init(added: [], removed: ["board"], changed: ["my_trainer"]))
        #expect(comparison.flows.added == ["extra"])
        #expect(comparison.paths == ["components.board", "components.my_trainer.config.rate", "flows.extra"])
        #expect(comparison.changes[1].old == old.at("components", "my_trainer", "config", "rate"))
        #expect(
            comparison.changes[1].new == 0.2 && comparison.changes[0].new == nil && comparison.changes[2].old == nil)
        #expect(GraphComparison(from: old, to: old).isEmpty)
    }

    @Test func listsAndNumbersAreComparedInTheirParts() throws {
        let old: JSON = [
            "components": ["a": ["env": [["name": "X", "value": "1"], ["name": "Y", "value": "2"]], "n": 1]]
        ]
        let new: JSON = [
            "components": ["a": ["env": [["name": "X", "value": "1"], ["name": "Y", "value": "3"]], "n": 1.0]]
        ]
        #expect(GraphComparison(from: old, to: new).paths == ["components.a.env.1.value", "components.a.n"])
        #expect(
            GraphComparison(from: old, to: new, mindsNumberForms: false).paths == ["components.a.env.1.value"])
        let longer: JSON = ["components": ["a": ["env": [1], "n": 1]]]
        #expect(GraphComparison(from: old, to: longer).paths == ["components.a.env"])
    }
}

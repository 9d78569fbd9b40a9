import Foundation
import JSONValues
import Testing

/// Nothing that was recorded is forgotten: each step is walked, or left out by name and with a reason.
@Suite struct LedgerTests {
    /// The files of recordings and who walks them, each whole.
    private static let walkers: [String: [String]] = [
        "ContractTests": ContractTests.files, "SettingsContractTests": SettingsContractTests.files,
        "NodeConfigTests": ["20-node-configs"], "FlowsContractTests": ["21-flows"],
        "GrafanaContractTests": GrafanaContractTests.files, "events alone": ["25-watch"],
    ]

    private static func acts() throws -> [String: RecordedAct] {
        let folder = try #require(Bundle.module.resourceURL?.appendingPathComponent("Recordings").path)
        var acts: [String: RecordedAct] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".json") {
            acts[String(file.dropLast(5))] = try RecordedAct.read(file)
        }
        return acts
    }

    @Test func everyRecordedStepIsHere() throws {
        let steps = try Self.acts().values.flatMap(\.steps)
        #expect(steps.map(\.number).sorted() == Array(1...476))
        #expect(Set(steps.map(\.name)).count == steps.count, "a name says which step is meant")
    }

    @Test func everyFileIsWalkedOnce() throws {
        #expect(try Self.acts().keys.sorted() == Self.walkers.values.joined().sorted())
    }

    @Test func whatIsLeftOutAreEventsOfTheRecordings() throws {
        let steps = try Self.acts().values.flatMap(\.steps)
        for (name, reason) in LeftOut.all {
            let step = steps.first { $0.name == name }
            #expect(step?.isRequest == false, "\(name) is no recorded event")
            #expect(!reason.isEmpty)
        }
        // What nobody walks has to stand there.
        let unwalked = try #require(Self.acts()["25-watch"]).steps
        #expect(unwalked.allSatisfy { LeftOut.all[$0.name] != nil })
    }

    @Test func differencesAreOfRequestsAndStandInTheDocumentation() throws {
        let steps = try Self.acts().values.flatMap(\.steps)
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/rest.md"), encoding: .utf8)
        for (name, difference) in Differences.all {
            #expect(steps.contains { $0.name == name && $0.isRequest }, "\(name) was not recorded")
            for word in difference.why.split(separator: ", ") {
                let row = word.hasPrefix("#") ? "\n| \(word.dropFirst()) |" : "\n| \(word) |"
                #expect(page.contains(row), "docs/rest.md has no row for '\(word)' of \(name)")
            }
        }
        for (name, difference) in FlowsContractTests.differences {
            #expect(steps.contains { $0.name == name && $0.status != difference.status }, "\(name) differs no more")
        }
    }
}

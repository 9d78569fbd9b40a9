import Git
import Graphs
public import JSONValues

extension MergePreview {
    /// The preview for programs; nothing is shortened.
    public var json: JSON {
        var object: JSONObject = [
            "base": Self.json(base), "head": Self.json(head), "mergeBase": .string(mergeBase.description),
            "good": .bool(isGood), "apps": .array(apps.map(json)), "configs": Self.json(configs),
            "changesSettings": .bool(changesSettings), "otherFiles": .int(Int64(otherFiles)),
            "problems": .array(problems.map(Self.json)), "conflicts": Self.texts(conflicts),
            "holdsPrune": .bool(holdsPrune),
        ]
        if let cluster { object["cluster"] = ["unanswered": cluster.unanswered.map { .string($0) } ?? .null] }
        return .object(object)
    }

    private func json(_ app: AppPreview) -> JSON {
        func number(_ value: Int?) -> JSON { value.map { .int(Int64($0)) } ?? .null }
        func pair(_ pair: AppPreview.Pair) -> JSON { ["from": number(pair.before), "to": number(pair.after)] }
        var object: JSONObject = [
            "appId": .string(app.id.description), "effect": .string(app.effect.rawValue), "new": .bool(app.isNew),
            "removed": .bool(app.isRemoved), "live": pair(app.live), "draft": pair(app.draft),
            "newVersions": .array(app.newVersions.map { .int(Int64($0)) }),
            "of": .string(app.isOfDraft ? "draft" : "live"),
            "components": Self.json(app.graph.components), "flows": Self.json(app.graph.flows),
            "fields": .array(app.graph.changes.map(Self.json)), "settings": .array(app.settings.map(Self.json)),
            "dashboards": Self.json(app.dashboards), "problems": .array(app.problems.map(Self.json)),
        ]
        if let refusal = cluster?.refusals[app.id] { object["refused"] = .string(refusal) }
        switch cluster?.drift[app.id] {
        case .missing: object["drift"] = ["state": "missing"]
        case .unexpected: object["drift"] = ["state": "unexpected"]
        case .fields(let changes):
            object["drift"] = ["state": "differs", "fields": .array(changes.map(Self.json))]
        case nil: break
        }
        return .object(object)
    }

    private static func json(_ end: End) -> JSON {
        ["name": .string(end.name), "commit": .string(end.commit.description)]
    }

    private static func json(_ files: Files) -> JSON {
        ["added": texts(files.added), "changed": texts(files.changed), "removed": texts(files.removed)]
    }

    private static func json(_ part: GraphComparison.Part) -> JSON {
        ["added": texts(part.added), "changed": texts(part.changed), "removed": texts(part.removed)]
    }

    private static func json(_ change: GraphComparison.Change) -> JSON {
        var object: JSONObject = ["path": .string(change.path), "loc": texts(change.keys)]
        object["old"] = change.old
        object["new"] = change.new
        return .object(object)
    }

    private static func json(_ problem: Problem) -> JSON {
        [
            "file": problem.file.map { .string($0) } ?? .null, "line": problem.line.map { .int(Int64($0)) } ?? .null,
            "column": problem.column.map { .int(Int64($0)) } ?? .null, "path": .string(problem.path),
            "message": .string(problem.message),
        ]
    }

    private static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}

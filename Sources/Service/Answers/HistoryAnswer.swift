public import Apps
import Git
import Graphs
public import JSONValues

/// A page of an app's history: `GET …/history`.
public enum HistoryAnswer {
    /// `{appId, commits, next}`.
    public static func json(_ page: LogPage, of id: AppID) -> JSON {
        [
            "appId": .string(id.description), "commits": .array(page.entries.map(json)),
            "next": page.next.map { .string($0.description) } ?? .null,
        ]
    }

    private static func json(_ entry: LogEntry) -> JSON {
        var object: JSONObject = [
            "commit": .string(entry.commit.description), "author": VersionList.author(entry.author),
            "time": .string(entry.time.description), "message": .string(entry.message),
            "events": .array(entry.events.map { .string($0.rawValue) }),
            "versions": .array(entry.newVersions.map { .int(Int64($0)) }),
            "activeVersion": .int(Int64(entry.activeVersion)),
        ]
        if !entry.problems.isEmpty {
            object["problems"] = .array(entry.problems.map { .string($0.description) })
        }
        return .object(object)
    }
}

public import Apps
import Git
public import JSONValues

/// The versions of an app for people and programs: `GET …/versions`.
public enum VersionList {
    /// All versions, the oldest first.
    public static func json(_ app: App) -> JSON {
        .array(app.versions.map { json($0, of: app) })
    }

    static func json(_ version: Version, of app: App) -> JSON {
        [
            "number": .int(Int64(version.number)), "commit": .string(version.commit.description),
            "author": author(version.author), "time": .string(version.created.description),
            "message": .string(version.message), "hash": .string(version.hash),
            "state": .string(state(of: version.number, in: app).rawValue),
            "lastDeployment": version.lastMadeLive.map { .string($0.description) } ?? .null,
        ]
    }

    /// Where a version's content stands now.
    enum State: String {
        /// In `graph.yaml`, and deployed.
        case live
        /// In `graph.yaml` with `spec.deploy: false`.
        case undeployed
        /// In `draft.yaml`.
        case draft
        /// In history alone.
        case past
    }

    static func state(of number: Int, in app: App) -> State {
        if let live = app.live, live.version == number { return live.deploys ? .live : .undeployed }
        return app.draft?.version == number ? .draft : .past
    }

    static func author(_ signature: Signature) -> JSON {
        ["name": .string(signature.name), "email": .string(signature.email)]
    }
}

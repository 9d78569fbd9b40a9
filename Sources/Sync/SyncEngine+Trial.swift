public import Apps
public import JSONValues

/// What the API server says to a manifest that it is only asked about.
public enum Trial: Sendable {
    /// It would take it; the object as it would then be.
    case accepted(JSON)
    /// It refuses it, in its own words.
    case refused(String)
    /// It cannot be asked now, and why: not reachable, overloaded, or it does not accept this service's credentials.
    case unanswered(String)
}

extension SyncEngine {
    /// Asks the API server what it would make of a manifest, without doing it.
    ///
    /// - Parameter version: the app's version that the manifest is.
    public nonisolated func trial(of manifest: JSON, as app: AppID, version: Int) async -> Trial {
        await ClusterProbe(client: client, options: options).trial(of: manifest, as: app, version: version)
    }
}

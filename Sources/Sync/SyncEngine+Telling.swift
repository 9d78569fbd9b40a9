import Apps
import Events
import HashTreeCollections
import Logs

extension SyncEngine {
    /// The request that made the app's resource be what it is to be; nil where none of this process did.
    nonisolated func cause(of id: AppID) -> RequestID? {
        let snapshot = store.snapshot
        return (snapshot.apps[id]?.live?.commit ?? snapshot.lastCommit(of: id)).flatMap { store.cause(of: $0) }
    }

    /// Notes what has happened to an app, for clients and beside its resource; waits for nobody.
    ///
    /// - Parameters:
    ///   - uid: of the resource; nil where the watch knows it.
    ///   - isKnown: whether the same was told before and goes on: clients are not told again, and the resource's Event counts.
    nonisolated func tell(_ event: Event, uid: String? = nil, isKnown: Bool = false) {
        var event = event
        event.request = RequestID.current
        if !isKnown { events?.append(event) }
        if recorder != nil, mayWrite { notes.add(event, uid: uid) }
    }

    /// Notes how everything stands.
    nonisolated func tell(_ state: Event.State, _ message: String?) {
        events?.append(Event(.sync, commit: store.snapshot.head, state: state, message: message))
    }
}

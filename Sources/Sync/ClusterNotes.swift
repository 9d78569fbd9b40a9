import Apps
import Events
import Git
import HashTreeCollections
import Kubernetes

/// What waits to be written as Events beside resources. Where more happens than can be written, the newest is left out.
struct ClusterNotes: Sendable {
    struct Note: Sendable {
        let event: Event
        let uid: String?
    }

    let stream: AsyncStream<Note>
    private let continuation: AsyncStream<Note>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Note.self, bufferingPolicy: .bufferingOldest(1_000))
    }

    func add(_ event: Event, uid: String?) { continuation.yield(Note(event: event, uid: uid)) }
}

extension SyncEngine {
    /// Writes Events beside resources, one after the other and never in the way of an app, until it is cancelled.
    nonisolated func writeNotes() async {
        guard let recorder else { return }
        for await note in notes.stream {
            guard let app = note.event.app else { continue }
            let author = await note.event.commit.asyncMap { await store.author(of: $0)?.name } ?? nil
            guard let text = ClusterNoteText(note.event, author: author) else { continue }
            await standBack()
            let uid = if let uid = note.uid { uid } else { await uid(of: app) }
            await recorder.record(
                EventNote(
                    about: EventNote.Object(
                        type: Desired.resource, namespace: app.namespace, name: app.name, uid: uid ?? ""),
                    isWarning: text.isWarning, reason: text.reason, message: text.message))
        }
    }

    /// Waits while apps queue for the API server, so that Events do not take its time from them; but not for long.
    private func standBack() async {
        let begin = start()
        while hasQueue, start() - begin < .seconds(5) {
            do { try await clock.sleep(for: .milliseconds(100)) } catch { return }
        }
    }

    /// The uid of an app's resource, which the watch tells of a moment after it was made.
    private nonisolated func uid(of app: AppID) async -> String? {
        for _ in 0..<40 {
            if let observed = observed[app] { return observed.uid }
            do { try await clock.sleep(for: .milliseconds(50)) } catch { return nil }
        }
        return nil
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ transform: (Wrapped) async -> Value) async -> Value? {
        if let value = self { await transform(value) } else { nil }
    }
}

/// How an Event beside a RampartGraph reads.
struct ClusterNoteText: Hashable, Sendable {
    let reason: String
    let message: String
    let isWarning: Bool

    /// - Parameter author: of the commit.
    /// - Returns: nil for what is no news of the resource.
    init?(_ event: Event, author: String?) {
        let commit = event.commit.map { "commit \($0.short)" + (author.map { " by \($0)" } ?? "") }
        let version = event.version.map { "version \($0)" }
        let what = [version, commit].compactMap { $0 }.joined(separator: ", ")
        let why = event.message ?? ""
        switch event.kind {
        case .commit, .sync, .rewritten: return nil
        case .applied: (reason, message) = ("Applied", "applied \(what)" + (why.isEmpty ? "" : ": \(why)"))
        case .healed: (reason, message) = ("Healed", "put back \(what), as somebody had changed the resource")
        case .adopted: (reason, message) = ("Adopted", "taken into git as \(what)")
        case .pruned:
            (reason, message) = ("Pruned", "deleted, as HEAD does not know it\(commit.map { ": \($0)" } ?? "")")
        case .refused: (reason, message) = ("Refused", what.isEmpty ? why : "\(what): \(why)")
        case .failed: (reason, message) = ("Failed", what.isEmpty ? why : "\(what): \(why)")
        case .invalid: (reason, message) = ("Invalid", why)
        }
        isWarning = [.refused, .failed, .invalid].contains(event.kind)
    }
}

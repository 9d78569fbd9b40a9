import Apps
import Events
import Git
import JSONValues
import Logs
import NIOCore

/// Events as the blocks of a `text/event-stream` (the HTML standard, 9.2.6).
enum EventBlock {
    /// What keeps a connection that is silent alive, and finds out that it is not.
    ///
    /// Without data nothing is dispatched, but the client comes back with this id: what was not for it may be forgotten
    /// here meanwhile, and it has missed nothing.
    static func keepAlive(_ id: EventID) -> ByteBuffer { ByteBuffer(string: ": still here\nid: \(id)\n\n") }

    /// The beginning of a stream: how long to wait before coming back, and the id to come back with.
    static func beginning(_ id: EventID) -> ByteBuffer { ByteBuffer(string: "retry: 2000\nid: \(id)\n\n") }

    /// An event. JSON on one line has no line feeds in it, so `data` is one line.
    static func event(_ entry: EventLog.Entry) -> ByteBuffer {
        ByteBuffer(
            string: "id: \(entry.id)\nevent: \(entry.event.kind.rawValue)\ndata: \(data(entry.event).text())\n\n")
    }

    /// "Read everything anew": what has happened since the client's id is not known here.
    static func reset(_ id: EventID, _ reason: EventLog.Reset, head: ObjectID?) -> ByteBuffer {
        let data: JSON = [
            "type": "reset", "reason": .string(reason.rawValue),
            "head": head.map { .string($0.description) } ?? .null,
        ]
        return ByteBuffer(string: "retry: 2000\nid: \(id)\nevent: reset\ndata: \(data.text())\n\n")
    }

    /// What has no value is left out.
    static func data(_ event: Event) -> JSON {
        var object = JSONObject()
        object["type"] = .string(event.kind.rawValue)
        if let app = event.app { object["appId"] = .string(app.description) }
        if let state = event.state { object["state"] = .string(state.rawValue) }
        if let commit = event.commit { object["commit"] = .string(commit.description) }
        if let version = event.version { object["version"] = .int(Int64(version)) }
        if !event.acts.isEmpty { object["events"] = .array(event.acts.map { .string($0) }) }
        if let author = event.author { object["author"] = .string(author) }
        if let message = event.message { object["message"] = .string(message) }
        object["time"] = .string(event.time.description)
        if let request = event.request { object["requestId"] = .string(request.description) }
        return .object(object)
    }
}

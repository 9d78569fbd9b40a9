import AsyncHTTPClient
import Foundation
import JSONValues
import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport

@testable import Service

/// One block of a stream of events, as a client reads it.
struct ReadEvent: Sendable, Hashable {
    var id: String?
    var event: String?
    var data: JSON?

    var app: String? { data?["appId"]?.string }
    var type: String? { data?["type"]?.string }
}

/// What a stream has told so far.
final class EventReader: Sendable {
    private struct State {
        var events: [ReadEvent] = []
        var comments = 0
        var lastID: String?
        var isOver = false
    }

    private let state = Mutex(State())

    var events: [ReadEvent] { state.withLock(\.events) }
    var comments: Int { state.withLock(\.comments) }
    /// The id that a client would come back with.
    var lastID: String? { state.withLock(\.lastID) }
    var isOver: Bool { state.withLock(\.isOver) }

    /// Reads a stream while `body` runs.
    static func with<Value: Sendable>(
        _ url: String, headers: [String: String] = [:], _ body: @Sendable (EventReader) async throws -> Value
    ) async throws -> Value {
        let reader = EventReader()
        var request = HTTPClientRequest(url: url)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        guard response.status == .ok, response.headers.first(name: "Content-Type") == "text/event-stream" else {
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            throw NotInTime(description: "no stream: \(response.status.code) \(text)")
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { reader.state.withLock { $0.isOver = true } }
                var text = ""
                for try await part in response.body {
                    text += String(buffer: part)
                    while let end = text.range(of: "\n\n") {
                        reader.take(text[..<end.lowerBound])
                        text.removeSubrange(..<end.upperBound)
                    }
                }
            }
            // A stream that has begun has sent its first id.
            try await eventually("the stream begins") { reader.lastID != nil }
            defer { group.cancelAll() }
            return try await body(reader)
        }
    }

    private func take(_ block: Substring) {
        var event = ReadEvent()
        for line in block.split(separator: "\n") {
            if line.hasPrefix(":") { state.withLock { $0.comments += 1 } }
            if let value = line.value(of: "id: ") { event.id = value }
            if let value = line.value(of: "event: ") { event.event = value }
            if let value = line.value(of: "data: ") { event.data = try? JSON(parsing: Array(value.utf8)) }
        }
        state.withLock { [event] state in
            if let id = event.id { state.lastID = id }
            if event.data != nil { state.events.append(event) }
        }
    }
}

extension Substring {
    fileprivate func value(of field: String) -> String? {
        hasPrefix(field) ? String(dropFirst(field.count)) : nil
    }
}

extension Stack {
    /// Reads the stream of events while `body` runs.
    func events<Value: Sendable>(
        _ query: String = "", headers: [String: String] = [:], _ body: @Sendable (EventReader) async throws -> Value
    ) async throws -> Value {
        try await EventReader.with("\(url)\(base)/api/v1/events\(query)", headers: headers, body)
    }
}

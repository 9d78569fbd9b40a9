import Access
import Apps
import Events
import Git
import HTTPTypes
import Hummingbird
import NIOCore

/// What happens, told as it happens.
struct EventStreams: Sendable {
    private let events: EventLog?
    private let apps: any AppSource
    private let limits: RequestLimits
    private let places: StreamPlaces

    /// - Parameter events: nil where nobody notes them.
    init(events: EventLog?, apps: any AppSource, limits: RequestLimits) {
        self.events = events
        self.apps = apps
        self.limits = limits
        places = StreamPlaces(limit: limits.streams, ofOne: limits.streamsOfOne)
    }

    /// Opens a stream, which goes on where the client says that it was.
    func open(_ request: Request) async throws -> Response {
        guard let events else {
            throw RestError(.serviceUnavailable, state: "no_events", "this service notes no events")
        }
        let filter = try EventFilter(request.uri.queryParameters)
        let exchange = Exchange.current
        let visible = try await Exchange.visibility()
        guard let place = places.take(exchange?.holder ?? exchange?.client ?? "") else {
            throw RestError.tooManyStreams
        }
        let last = request.headers[.lastEventID] ?? request.uri.queryParameters["lastEventId"].map(String.init)
        let stream = EventStream(
            events: events, filter: filter, rights: exchange?.rights, visible: visible,
            beginning: events.beginning(after: last.flatMap { $0.isEmpty ? nil : $0 }), head: apps.snapshot.head,
            keepAlive: limits.keepAlive, longest: exchange?.rights == nil ? nil : limits.longestStream)
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .accelBuffering: "no"],
            body: ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                try await stream.write(to: &writer)
                try await writer.finish(nil)
            })
    }
}

/// One client's stream of events.
private struct EventStream: Sendable {
    let events: EventLog
    let filter: EventFilter
    /// What the client may do; nil where nobody is asked.
    let rights: CallerRights?
    let visible: Visibility
    let beginning: EventLog.Beginning
    let head: ObjectID?
    let keepAlive: Duration
    /// After this time the client has to come back and show who it is; nil for never.
    let longest: Duration?

    /// Writes what happens until the service ends, the client may see nothing any more, or it has fallen too far behind.
    ///
    /// - Throws: where the client is gone.
    func write(to writer: inout any ResponseBodyWriter) async throws {
        let signals = events.signals()
        let start = ContinuousClock.now
        var place: EventID
        switch beginning {
        case .after(let id):
            place = id
            try await writer.write(EventBlock.beginning(id))
        case .reset(let id, let reason):
            place = id
            try await writer.write(EventBlock.reset(id, reason, head: head))
        }
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await _ in signals { wake.yield() }
                wake.finish()
            }
            group.addTask { [keepAlive] in
                while true {
                    try await Task.sleep(for: keepAlive)
                    wake.yield()
                }
            }
            wake.yield()
            var sight = Sight(visible: visible, rights: rights)
            var lastLook = start
            for await _ in wakes {
                let isTime = ContinuousClock.now - lastLook >= keepAlive * 0.9
                if isTime, let rights {
                    if let longest, ContinuousClock.now - start > longest {
                        return try await writer.write(EventBlock.keepAlive(place))
                    }
                    // What the client may see can have changed since.
                    do { sight = Sight(visible: try await rights.visibility(), rights: rights) } catch { return }
                }
                let (written, isUpToDate) = try await writeNews(after: &place, &sight, to: &writer)
                guard isUpToDate else { return }
                if isTime {
                    lastLook = .now
                    if !written { try await writer.write(EventBlock.keepAlive(place)) }
                }
            }
        }
    }

    /// Writes what has happened since an event, and moves on to the newest.
    private func writeNews(
        after place: inout EventID, _ sight: inout Sight, to writer: inout any ResponseBodyWriter
    ) async throws -> (written: Bool, isUpToDate: Bool) {
        var written = false
        while true {
            switch events.stretch(after: place.number) {
            case .lost: return (written, false)
            case .entries(let entries):
                guard let last = entries.last else { return (written, true) }
                for entry in entries {
                    guard try await filter.lets(entry.event, to: sight.including(entry.event.app?.namespace)) else {
                        continue
                    }
                    try await writer.write(EventBlock.event(entry))
                    written = true
                }
                place = last.id
            }
        }
    }
}

/// What a client may see, as was found when it was last looked at.
private struct Sight: Sendable {
    let visible: Visibility
    let rights: CallerRights?
    /// Namespaces that have come since: what could be seen was found out among those that there were.
    private var news: [String: Bool] = [:]

    init(visible: Visibility, rights: CallerRights?) {
        self.visible = visible
        self.rights = rights
    }

    /// What may be seen, once it is known of a namespace too.
    mutating func including(_ namespace: String?) async throws -> Visibility {
        guard let rights, let namespace, !visible.contains(namespace) else { return visible }
        if news[namespace] == nil {
            news[namespace] = try await rights.allows(.read, in: .namespace(namespace))
        }
        return news[namespace] == true ? .namespaces([namespace]) : visible
    }
}

extension RestError {
    static let tooManyStreams: RestError = {
        var error = RestError(
            .serviceUnavailable, state: "too_many_streams",
            "too many streams of events are open, close one or try again in a moment")
        error.headers[.retryAfter] = "10"
        return error
    }()
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .from
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .from
}

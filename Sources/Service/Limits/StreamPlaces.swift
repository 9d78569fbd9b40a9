import Synchronization

/// Counts the streams that are open, all together and of each caller.
final class StreamPlaces: Sendable {
    private let open = Mutex<(all: Int, of: [String: Int])>((0, [:]))
    private let limit: Int
    private let limitOfOne: Int

    init(limit: Int, ofOne: Int) {
        self.limit = limit
        limitOfOne = ofOne
    }

    /// How many are open.
    var count: Int { open.withLock { $0.all } }

    /// - Returns: what is held while the stream is open; nil where there are as many as there may be.
    func take(_ caller: String) -> StreamPlace? {
        open.withLock { open in
            let mine = open.of[caller] ?? 0
            guard open.all < limit, mine < limitOfOne else { return nil }
            open.all += 1
            open.of[caller] = mine + 1
            return StreamPlace(self, caller)
        }
    }

    fileprivate func leave(_ caller: String) {
        open.withLock { open in
            open.all -= 1
            let mine = (open.of[caller] ?? 1) - 1
            open.of[caller] = mine == 0 ? nil : mine
        }
    }
}

/// The place of one stream, which is free again when the last reference goes: also where nobody ever reads the stream.
final class StreamPlace: Sendable {
    private let places: StreamPlaces
    private let caller: String

    fileprivate init(_ places: StreamPlaces, _ caller: String) {
        self.places = places
        self.caller = caller
    }

    deinit { places.leave(caller) }
}

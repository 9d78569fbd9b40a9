import Access
import Synchronization

/// How much memory the bodies of requests may take that are being read or answered, all together and of each client.
///
/// What counts is what has come, not what a head promises: so many short bodies are no more than they are.
final class BodyBudget: Sendable {
    private let taken = Mutex<(all: Int, of: [String: Int])>((0, [:]))
    private let limit: Int
    private let limitOfOne: Int

    init(limit: Int, ofOne: Int) {
        self.limit = limit
        limitOfOne = ofOne
    }

    /// How many bytes are taken now.
    var bytes: Int { taken.withLock { $0.all } }

    fileprivate func take(_ count: Int, for client: String?) -> Bool {
        taken.withLock { taken in
            guard taken.all + count <= limit else { return false }
            if let client {
                let mine = taken.of[client] ?? 0
                guard mine + count <= limitOfOne else { return false }
                taken.of[client] = mine + count
            }
            taken.all += count
            return true
        }
    }

    fileprivate func give(_ count: Int, of client: String?) {
        taken.withLock { taken in
            taken.all -= count
            guard let client else { return }
            let mine = (taken.of[client] ?? count) - count
            taken.of[client] = mine <= 0 ? nil : mine
        }
    }
}

/// What one request's body takes of a budget, which is free again when the last reference goes.
final class BodyShare: Sendable {
    /// The one of the request that this task answers; nil outside of requests.
    @TaskLocal static var current: BodyShare?

    private let budget: BodyBudget
    private let taken = Mutex<(bytes: Int, client: String?)>((0, nil))

    init(_ budget: BodyBudget) { self.budget = budget }

    /// Takes room for more bytes, in the name of whoever asks.
    ///
    /// - Returns: false where there is none.
    func take(_ count: Int) -> Bool {
        taken.withLock { taken in
            // Who asks is known before the first byte is read, and counts to the end.
            if taken.bytes == 0 { taken.client = Exchange.current?.holder }
            guard budget.take(count, for: taken.client) else { return false }
            taken.bytes += count
            return true
        }
    }

    /// Gives all of it back.
    func give() {
        taken.withLock { taken in
            budget.give(taken.bytes, of: taken.client)
            taken.bytes = 0
        }
    }

    deinit { give() }
}

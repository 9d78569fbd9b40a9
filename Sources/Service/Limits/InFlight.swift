import Hummingbird
import Synchronization

/// Counts the requests that are being answered, all together and of each client.
final class InFlight: Sendable {
    private let open = Mutex<(all: Int, of: [String: Int])>((0, [:]))
    private let limit: Int
    private let limitOfOne: Int

    init(limit: Int, ofOne: Int) {
        self.limit = limit
        limitOfOne = ofOne
    }

    /// - Parameter client: nil where only all together are counted.
    /// - Returns: false where there are as many as there may be. Who got true calls ``leave(_:)`` in the end.
    func enter(_ client: String?) -> Bool {
        open.withLock { open in
            guard open.all < limit else { return false }
            if let client {
                let mine = open.of[client] ?? 0
                guard mine < limitOfOne else { return false }
                open.of[client] = mine + 1
            }
            open.all += 1
            return true
        }
    }

    /// How many there are.
    var current: Int { open.withLock { $0.all } }

    func leave(_ client: String?) {
        open.withLock { open in
            open.all -= 1
            guard let client else { return }
            let mine = (open.of[client] ?? 1) - 1
            open.of[client] = mine == 0 ? nil : mine
        }
    }
}

extension RestError {
    static let busy: RestError = {
        var error = RestError(.serviceUnavailable, state: "busy", "too many requests are on their way, try again")
        error.headers[.retryAfter] = "1"
        return error
    }()

    static func urlTooLong(_ limit: Int) -> RestError {
        RestError(.uriTooLong, state: "url_too_long", "the URL is too long, at most \(limit) bytes are taken")
    }
}

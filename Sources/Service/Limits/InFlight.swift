import Hummingbird
import Synchronization

/// Counts the requests that are being answered.
final class InFlight: Sendable {
    private let count = Atomic(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// - Returns: false where there are as many as there may be. Who got true calls ``leave()`` in the end.
    func enter() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue <= limit else {
            leave()
            return false
        }
        return true
    }

    /// How many there are.
    var current: Int { count.load(ordering: .relaxed) }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
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

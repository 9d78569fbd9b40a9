/// Why something asked of Pulsar did not work.
public struct PulsarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable, Hashable {
        /// No connection could be made: nobody listens there, the name is unknown, TLS does not work out.
        case unreachable
        /// The broker does not know or not trust who asks, or the token file cannot be read.
        case unauthorized
        /// The broker refuses, for another reason.
        case refused
        /// No answer in time.
        case silent
        /// A connection has ended while an answer was waited for.
        case lost
        /// What came back is not what the protocol says, or not what was sent.
        case damaged
    }

    public let kind: Kind
    /// What, where and why, in one sentence without a name for the service before it.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// What a broker answered instead of what was asked for.
    static func answer(_ error: WireServerError, _ message: String, to what: String) -> PulsarError {
        let kind: Kind =
            switch error {
            case .authenticationError, .authorizationError: .unauthorized
            case .checksumError: .damaged
            default: .refused
            }
        return PulsarError(kind, "the broker refuses \(what): \(error), \(Self.line(message))")
    }

    /// What a broker says, fit for an answer or a log: one line, not long.
    static func line(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? " " : String($0) }
        return line.joined()
    }
}

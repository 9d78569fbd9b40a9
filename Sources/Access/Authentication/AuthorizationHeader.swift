import FoundationEssentials
public import Secrets

/// What a request's `Authorization` header holds.
public enum AuthorizationHeader: Sendable, Hashable {
    /// There is none.
    case absent
    /// `Bearer TOKEN`.
    case bearer(Secret)
    /// `Basic`: git sends a token as the password; the user name that goes with it does not count.
    case basic(password: Secret)
    /// It cannot be read; the reason holds nothing of the header itself.
    case unreadable(String)

    /// The longest token that is looked at.
    public static let longestToken = 16 << 10

    /// - Parameter text: the header's value; nil where it is not there.
    public init(_ text: String?) {
        guard let text else {
            self = .absent
            return
        }
        let parts = text.split(separator: " ", maxSplits: 1)
        let value = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
        switch parts.first?.lowercased() {
        case "bearer": self = Self.token(value).map { .bearer($0) } ?? .unreadable("the bearer token is no token")
        case "basic":
            guard value.utf8.count <= 2 * Self.longestToken, let data = Data(base64Encoded: value),
                let pair = String(validating: data, as: UTF8.self), let colon = pair.firstIndex(of: ":")
            else {
                self = .unreadable("the Basic credentials are no base64 of a user and a password")
                return
            }
            let password = String(pair[pair.index(after: colon)...])
            self = Self.token(password).map { .basic(password: $0) } ?? .unreadable("the password is no token")
        default: self = .unreadable("the scheme is neither Bearer nor Basic")
        }
    }

    /// A token as RFC 6750 allows it: visible ASCII without spaces.
    private static func token(_ text: String) -> Secret? {
        let isToken =
            !text.isEmpty && text.utf8.count <= longestToken && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isToken ? Secret(text) : nil
    }
}

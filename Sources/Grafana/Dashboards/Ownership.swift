import Crypto

/// By what a service knows its own dashboards again, after a restart too and without a file.
///
/// A uid follows from what the dashboard is for, and a tag says who made it. Both have to fit: a copy that somebody makes
/// in Grafana keeps the tag, but has another uid.
public struct Ownership: Sendable, Hashable {
    /// The tag; two services that share one Grafana need two.
    public let tag: String

    public static let standard = "rampart-backend"

    public init(tag: String = Ownership.standard) { self.tag = tag }

    /// Whether a text may be a tag: Grafana keeps 50 characters.
    public static func isTag(_ text: String) -> Bool {
        (1...50).contains(text.utf8.count) && !text.hasPrefix(digestPrefix)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") }
    }

    /// The uid of an app's own dashboard: 40 characters, always the same for the same app.
    public func uid(app: String) -> String { uid(["app", app]) }

    /// The uid of a dashboard that lies in an app's folder as a file.
    public func uid(app: String, file: String) -> String { uid(["file", app, file]) }

    /// The uid of the folder for a namespace.
    public func uid(folder namespace: String) -> String { uid(["folder", namespace]) }

    /// Whether a dashboard with this uid and these tags is one that the service has made.
    public func owns(_ uid: String, tags: [String]) -> Bool {
        uid.hasPrefix(Self.prefix) && uid.utf8.count == 40
            && uid.dropFirst(Self.prefix.count).allSatisfy(\.isHexDigit) && tags.contains(tag)
    }

    /// Grafana takes 40 characters at most, and an app's id may have 127.
    private func uid(_ parts: [String]) -> String {
        let text = ([tag] + parts).joined(separator: "\n")
        return Self.prefix + Self.hex(SHA256.hash(data: Array(text.utf8)).prefix(16))
    }

    private static let prefix = "rampart-"
    static let digestPrefix = "rampart-digest-"

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0\(text)" : text
        }.joined()
    }
}

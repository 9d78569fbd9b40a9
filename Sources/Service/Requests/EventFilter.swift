import Access
import Apps
import Events
import Hummingbird

/// Which events a client wants to be told of: `?app=`, `?namespace=` and `?type=`, each with several values between commas
/// or in several parameters. What is about the service as a whole comes whatever apps are asked for.
struct EventFilter: Sendable, Hashable {
    private var apps: Set<AppID>?
    private var namespaces: Set<String>?
    private var kinds: Set<Event.Kind>?

    /// - Throws: ``RestError`` 400 for a value that can be none.
    init(_ query: Parameters) throws(RestError) {
        var apps: Set<AppID> = []
        for text in Self.values("app", query) {
            guard let app = AppID(text) else {
                throw Self.bad("app is an app such as vision_labelling, not '\(text)'")
            }
            apps.insert(app)
        }
        var kinds: Set<Event.Kind> = []
        for text in Self.values("type", query) {
            guard let kind = Event.Kind(rawValue: text) else {
                let words = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.bad("type is one or more of \(words), with commas between, not '\(text)'")
            }
            kinds.insert(kind)
        }
        var namespaces: Set<String> = []
        for text in Self.values("namespace", query) {
            guard AppID(namespace: text, name: "x") != nil else {
                throw Self.bad("namespace is a namespace such as vision, not '\(text)'")
            }
            namespaces.insert(text)
        }
        self.apps = apps.isEmpty ? nil : apps
        self.kinds = kinds.isEmpty ? nil : kinds
        self.namespaces = namespaces.isEmpty ? nil : namespaces
    }

    /// Whether an event is one of them.
    ///
    /// - Parameter visible: what the client may see now.
    func lets(_ event: Event, to visible: Visibility) -> Bool {
        if let kinds, !kinds.contains(event.kind) { return false }
        guard let app = event.app else { return true }
        guard visible.contains(app.namespace) else { return false }
        if apps == nil, namespaces == nil { return true }
        return apps?.contains(app) == true || namespaces?.contains(app.namespace) == true
    }

    private static func values(_ name: Substring, _ query: Parameters) -> [String] {
        query[values: name].flatMap { $0.split(separator: ",") }.map(String.init)
    }

    private static func bad(_ message: String) -> RestError { RestError(.badRequest, state: "bad_filter", message) }
}

import Access
import Hummingbird

/// What a request needs before anything is done for it.
enum AccessRule: Hashable, Sendable {
    /// Nothing.
    case open
    /// A secret that the request proves in a way of its own; the handler checks it.
    case ownSecret
    /// To be known.
    case known
    /// To be known; the answer lists only what the caller may read.
    case list
    /// A permission in the namespace of the app that the path names.
    case app(id: String, Permission)
    /// A permission in a namespace that only the body names; the handler asks.
    case inBody(Permission)
    /// A permission in all namespaces.
    case everywhere(Permission)
}

extension Endpoint {
    /// The rule for one of the endpoint's methods. There is no default: what has no rule does not compile.
    func rule(_ method: HTTPRequest.Method) -> AccessRule {
        let isRead = method == .get || method == .head
        return switch self {
        case .health, .readiness: .open
        case .schema, .description, .docs: .known
        case .apps, .statusList, .events: .list
        case .graphs: isRead ? .list : .inBody(.create)
        case .app(let id): .app(id: id, isRead ? .read : .delete)
        case .save(let id): .app(id: id, .save)
        case .redeployment(let id, _): .app(id: id, .deploy)
        case .versionGraph(let id, _), .graphStatus(let id), .componentLinks(let id), .dashboardURLs(let id, _),
            .grafanaDashboard(let id),
            .flow(let id, _, _), .edge(let id, _, _, _), .versions(let id), .history(let id), .diff(let id):
            .app(id: id, .read)
        case .revert(let id?): .app(id: id, .deploy)
        case .revert(nil): .everywhere(.deploy)
        case .nodeConfigs, .nodeConfig: isRead ? .known : .everywhere(.save)
        case .sync: isRead ? .list : .everywhere(.deploy)
        case .confirmPrune: .everywhere(.delete)
        case .metrics: .everywhere(.metrics)
        case .webhook: .ownSecret
        // A clone holds all apps, and so does what a push builds on. What a push changes is known only when it is
        // there: its hook asks, see PushJudge.
        case .git: .everywhere(.read)
        }
    }
}

public import JSONValues

/// What a delivery tells, as far as it matters to who follows a branch.
///
/// Read out of whatever a sender wrote: members that are missing or of another type are as if they were not there.
public enum WebhookEvent: Sendable, Hashable {
    /// The forge tries out whether anybody is there.
    case ping
    /// References moved.
    case push(WebhookPush)
    /// Something else, by the forge's name of it.
    case other(String)
}

/// References that moved in one push.
public struct WebhookPush: Sendable, Hashable {
    /// A reference that moved.
    public struct Movement: Sendable, Hashable {
        /// The full name, `refs/heads/main`.
        public var reference: String
        /// Whether it is gone.
        public var isDeletion: Bool

        public init(_ reference: String, isDeletion: Bool = false) {
            self.reference = reference
            self.isDeletion = isDeletion
        }
    }

    /// Empty where the sender does not say which.
    public var movements: [Movement]
    /// `owner/name`, where the sender says it.
    public var repository: String?

    public init(movements: [Movement], repository: String? = nil) {
        self.movements = movements
        self.repository = repository
    }
}

extension WebhookEvent {
    /// Reads a delivery.
    ///
    /// - Parameter payload: the body; null where there was none.
    public init(_ source: WebhookSource, _ header: HeaderLookup, _ payload: JSON) {
        let name = source.event(header)
        switch source {
        case .github, .gitea: self = Self.gitHubLike(name, payload)
        case .gitlab: self = Self.gitLab(name, payload)
        case .bitbucket: self = Self.bitbucket(name, payload)
        case .generic: self = Self.generic(payload)
        }
    }

    /// <https://docs.github.com/webhooks/webhook-events-and-payloads#push>; Gitea and Forgejo send the same members.
    private static func gitHubLike(_ name: String?, _ payload: JSON) -> WebhookEvent {
        switch name {
        case "ping": return .ping
        case "push":
            let movement = movement(payload, isDeletion: payload["deleted"]?.bool ?? false)
            return .push(
                WebhookPush(
                    movements: movement.map { [$0] } ?? [], repository: payload.at("repository", "full_name")?.string))
        case let name: return .other(name ?? "no event")
        }
    }

    /// <https://docs.gitlab.com/user/project/integrations/webhook_events/>, and system hooks, which name the event in
    /// the body.
    private static func gitLab(_ name: String?, _ payload: JSON) -> WebhookEvent {
        let event = payload["event_name"]?.string ?? payload["object_kind"]?.string ?? name ?? "no event"
        let repository =
            payload.at("project", "path_with_namespace")?.string
        switch event {
        case "push", "tag_push", "Push Hook", "Tag Push Hook":
            let isGone = payload["checkout_sha"]?.isNull ?? false
            let movement = movement(payload, isDeletion: isGone)
            return .push(WebhookPush(movements: movement.map { [$0] } ?? [], repository: repository))
        case "repository_update":
            let changes = (payload["changes"]?.array ?? []).compactMap { movement($0, isDeletion: false) }
            return .push(WebhookPush(movements: changes, repository: repository))
        default: return .other(event)
        }
    }

    /// Cloud: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/#Push>; Data Center:
    /// <https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html>.
    private static func bitbucket(_ name: String?, _ payload: JSON) -> WebhookEvent {
        switch name {
        case "diagnostics:ping": return .ping
        case "repo:push":
            let movements = (payload.at("push", "changes")?.array ?? []).compactMap { change in
                let new = change["new"]?.object != nil ? change["new"] : nil
                return cloudReference(new ?? change["old"] ?? .null).map {
                    WebhookPush.Movement($0, isDeletion: new == nil)
                }
            }
            return .push(WebhookPush(movements: movements, repository: payload.at("repository", "full_name")?.string))
        case "repo:refs_changed":
            let movements = (payload["changes"]?.array ?? []).compactMap { change in
                (change.at("ref", "id")?.string ?? change["refId"]?.string).map {
                    WebhookPush.Movement($0, isDeletion: change["type"]?.string == "DELETE")
                }
            }
            let project = payload.at("repository", "project", "key")?.string
            let slug = payload.at("repository", "slug")?.string
            let repository = project.flatMap { project in slug.map { "\(project)/\($0)" } }
            return .push(WebhookPush(movements: movements, repository: repository))
        case let name: return .other(name ?? "no event")
        }
    }

    private static func cloudReference(_ side: JSON) -> String? {
        guard let name = side["name"]?.string else { return nil }
        return side["type"]?.string == "tag" ? "refs/tags/\(name)" : "refs/heads/\(name)"
    }

    /// `{"ref": "refs/heads/main", "repository": "owner/name"}`, all of which may be left out.
    private static func generic(_ payload: JSON) -> WebhookEvent {
        let repository = payload["repository"]?.string ?? payload.at("repository", "full_name")?.string
        let movement = movement(payload, isDeletion: payload["deleted"]?.bool ?? false)
        return .push(WebhookPush(movements: movement.map { [$0] } ?? [], repository: repository))
    }

    private static func movement(_ payload: JSON, isDeletion: Bool) -> WebhookPush.Movement? {
        guard let reference = payload["ref"]?.string else { return nil }
        let after = payload["after"]?.string ?? ""
        let isZero = !after.isEmpty && after.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
        return WebhookPush.Movement(reference, isDeletion: isDeletion || isZero)
    }
}

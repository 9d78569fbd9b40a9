import Access
import Apps
import Forges
import Git
import Hummingbird
import JSONValues
import Logging

/// Acts that are proposed instead of done: a branch of their own, and a pull request where there is a forge.
struct Proposals: Sendable {
    let apps: any AppSource
    let options: ServiceOptions
    let logger: Logger

    /// Proposes an act, where the request or the settings of the repository ask for that.
    ///
    /// - Returns: the answer; nil where the act is to be done as usual.
    func instead(of act: Act, _ request: Request, expecting: ObjectID?) async throws -> Response? {
        guard try wants(request) || apps.snapshot.isProtected else { return nil }
        let author = options.signature(of: request)
        let exchange = Exchange.current
        exchange?.note(subject: "\(act.subject)", commit: nil)
        let proposal: Proposal?
        do {
            proposal = try await apps.propose(
                act, by: author, expecting: expecting, asAdmin: exchange?.isAdmin ?? false)
        } catch {
            var failed = RestError(error)
            if case .changed = error, case .config = act.subject { failed.state = "config_changed" }
            throw failed
        }
        guard let proposal else {
            throw RestError(
                .conflict, state: "nothing_to_propose", "nothing was proposed: everything is already as it would be")
        }
        exchange?.note(subject: "\(act.subject)", commit: proposal.commit.description)
        logger.info(
            "proposed",
            metadata: [
                "subject": "\(act.subject)", "branch": "\(proposal.name)", "commit": "\(proposal.commit.short)",
                "isNew": "\(proposal.isNew)",
            ])
        return try await answer(proposal, by: author)
    }

    private func wants(_ request: Request) throws(RestError) -> Bool {
        guard let text = request.uri.queryParameters["propose"] else { return false }
        guard let wants = JSONBody.truth(.string(String(text))) else {
            throw RestError(.badRequest, state: "bad_propose", "propose is '\(text)', expected true or false")
        }
        return wants
    }

    private func answer(_ proposal: Proposal, by author: Signature) async throws -> Response {
        var answer = JSONObject()
        answer["state"] = "proposed"
        answer["branch"] = .string(proposal.name)
        answer["commit"] = .string(proposal.commit.description)
        if let version = proposal.version { answer["versionId"] = .int(Int64(version)) }
        let base = options.webhooks.branch
        guard let forge = options.pullRequests else {
            answer["url"] = .null
            answer["message"] = .string(
                "nothing has changed on \(base): the commit is on the branch \(proposal.name) of the graph repository. "
                    + "Merge it there; with --forge a pull request would have been opened")
            return Response(.accepted, .object(answer))
        }
        do {
            let request = try await forge.propose(Self.draft(proposal, by: author, base: base))
            answer["url"] = .string(request.url)
            answer["number"] = .int(Int64(request.number))
            return Response(.accepted, .object(answer))
        } catch {
            logger.warning(
                "a pull request could not be opened",
                metadata: ["branch": "\(proposal.name)", "error": "\(error)"])
            var failed = RestError(
                .badGateway, state: "pull_request_failed",
                "nothing has changed on \(base): the commit is on the branch \(proposal.name), but there is no pull "
                    + "request for it: \(error). Send the request again, or open one by hand")
            failed.facts["branch"] = .string(proposal.name)
            failed.facts["commit"] = .string(proposal.commit.description)
            if let wait = error.retryAfter { failed.headers[.retryAfter] = "\(wait.components.seconds + 1)" }
            throw failed
        }
    }

    private static func draft(_ proposal: Proposal, by author: Signature, base: String) -> PullRequestDraft {
        // In code, so that nothing in a name is read as a mention or a link.
        let name = author.name.filter { $0 != "`" && !$0.isNewline }
        return PullRequestDraft(
            branch: proposal.name, base: base, title: proposal.title,
            text: """
                Proposed by `\(name)` through Rampart.

                Merging it into `\(base)` applies it; `git revert` of the merge takes it back.
                """)
    }
}

import JSONValues
import NIOCore
import NIOHTTP1
import Testing

@testable import Kubernetes

@Suite struct ErrorTests {
    private let operation = KubernetesError.Operation(verb: "apply", resource: "widgets.example.com", object: "demo/a")

    private func failure(_ code: Int, _ body: String, headers: HTTPHeaders = [:]) -> TransportFailure {
        StatusBody.failure(code: code, headers: headers, body: ByteBuffer(string: body), operation: operation)
    }

    /// Every recorded refusal reads: its code, its reason and its message.
    @Test(arguments: ["apply", "delete", "replace", "auth", "limits", "create-invalid", "watch-expired", "list"])
    func readsRecordedRefusals(file: String) throws {
        var refusals = 0
        for exchange in try recording(file) {
            guard let response = exchange["response"], let code = response["status"]?.int, code >= 400,
                let body = response["body"]
            else { continue }
            refusals += 1
            let isText = body.string != nil
            let found = failure(Int(code), body.string ?? body.text()).error
            #expect(found.code == Int(code))
            if isText { continue }
            #expect(found.message == body["message"]?.string)
            #expect(found.reason == body["reason"]?.string ?? "")
            #expect(found.causes.count == body.at("details", "causes")?.array?.count ?? 0)
            #expect(found.description.contains(found.message))
        }
        #expect(refusals > 0)
    }

    @Test func readsConflictsByField() throws {
        let exchange = try #require(
            recording("apply").first { $0["name"] == "apply against two other managers" })
        let error = failure(409, exchange.at("response", "body")?.text() ?? "").error
        #expect(error.isConflict && error.isFieldManagerConflict && !error.isAlreadyExists)
        #expect(error.causes.map(\.field).contains(".spec.deploy"))
    }

    @Test func namesWhatIsMissing() {
        let body = status(
            404, "NotFound", "namespaces \"x\" not found", details: ["name": "x", "kind": "namespaces"])
        let error = failure(404, body.text()).error
        #expect(error.isNotFound)
        #expect(error.subject?.kind == "namespaces")
        #expect(
            error.description == "cannot apply widgets.example.com demo/a: 404 NotFound: namespaces \"x\" not found")
    }

    @Test func readsTextBodies() {
        let missing = failure(404, "404 page not found\n").error
        #expect(missing.message == "404 page not found")
        #expect(missing.reason == "")
        let busy = failure(
            429, "Too many requests, please try again later.\n", headers: ["Retry-After": "1"])
        #expect(busy.error.retryAfter == .seconds(1))
        #expect(busy.failure == .status(429, retryAfter: .seconds(1)))
        #expect(failure(502, "").error.message == "Bad Gateway")
    }

    @Test func takesTheLongerWaitOfBodyAndHeader() {
        let body = status(429, "TooManyRequests", "later", details: ["retryAfterSeconds": 3])
        #expect(failure(429, body.text(), headers: ["Retry-After": "1"]).error.retryAfter == .seconds(3))
        #expect(failure(429, body.text(), headers: ["Retry-After": "9"]).error.retryAfter == .seconds(9))
        #expect(failure(429, body.text(), headers: ["Retry-After": "-1"]).error.retryAfter == .seconds(3))
    }

    @Test func aManifestThatDoesNotFitItsSchemaIsNotSentAgain() throws {
        let exchange = try #require(recording("apply").first { $0["name"] == "unknown field, default" })
        let found = failure(500, exchange.at("response", "body")?.text() ?? "")
        #expect(found.failure == .final)
        #expect(found.error.isInvalid)
        #expect(!found.error.isRetryable)
        #expect(failure(500, "boom").error.isRetryable)
    }

    /// A missing right is the account's; what admission refuses is the object's, though it may be a 403 as well.
    @Test(
        arguments: [
            (401, "Unauthorized", true),
            (
                403,
                #"widgets.example.com "a" is forbidden: User "system:serviceaccount:demo:x" cannot patch resource "widgets" "#
                    + #"in API group "example.com" in the namespace "demo""#, true
            ),
            (
                403, #"widgets.example.com is forbidden: User "x" cannot list resource "widgets" at the cluster scope"#,
                true
            ),
            (403, #"forbidden: User "system:anonymous" cannot get path "/readyz""#, true),
            (
                403,
                #"admission webhook "policy.example.com" denied the request: [no-root] a is forbidden: User "x" cannot"#,
                false
            ),
            (403, #"widgets.example.com "a" is forbidden: exceeded quota: all, requested: count/widgets=1"#, false),
            (
                403,
                #"widgets.example.com "a" is forbidden: unable to create new content in namespace demo because it is being "#
                    + "terminated", false
            ),
            (403, #"widgets.example.com "a" is forbidden: ValidatingAdmissionPolicy 'p' denied request: no"#, false),
            (422, #"widgets.example.com "a" is invalid"#, false),
        ])
    func aRightThatIsMissingIsToldFromAdmission(_ code: Int, _ message: String, _ isDenied: Bool) {
        #expect(failure(code, status(code, "Forbidden", message).text()).error.isDenied == isDenied)
    }

    @Test func sortsErrors() {
        #expect(failure(401, "").error.isUnauthorized)
        #expect(failure(403, "").error.isForbidden)
        #expect(failure(410, "").error.isGone)
        #expect(failure(422, "").error.isInvalid)
        let exists = failure(409, status(409, "AlreadyExists", "there").text()).error
        #expect(exists.isAlreadyExists && !exists.isConflict)
        let lost = KubernetesError(.connectionLost, operation: operation, message: "gone")
        #expect(lost.isUnreachable && lost.isRetryable && lost.code == nil)
        #expect(lost.description == "cannot apply widgets.example.com demo/a: the connection broke: gone")
    }
}

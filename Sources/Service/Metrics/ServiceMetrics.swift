import Forges
import HTTPTypes
import Instruments

/// What requests to the service are measured by.
struct ServiceMetrics: Sendable {
    /// A request that was answered.
    struct RequestLabels: MetricLabels {
        static let names = ["route", "method", "status"]
        var route: Route
        var method: Method
        var status: UInt16

        var values: [String] { [route.rawValue, method.rawValue, String(status)] }
    }

    /// The methods that are told apart; a client may send any word.
    enum Method: String, Sendable, Hashable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case options = "OPTIONS"
        case patch = "PATCH"
        case other

        init(_ method: HTTPRequest.Method) { self = Method(rawValue: method.rawValue) ?? .other }
    }

    struct RouteLabel: MetricLabels {
        static let names = ["route"]
        var route: Route
        var values: [String] { [route.rawValue] }
    }

    /// A delivery that was taken.
    struct Delivery: MetricLabels {
        static let names = ["forge", "decision"]
        var forge: WebhookSource
        var word: String
        var values: [String] { [forge.rawValue, word] }
    }

    /// A delivery that was turned away.
    struct Refusal: MetricLabels {
        static let names = ["forge", "reason"]
        var forge: WebhookSource
        var word: String
        var values: [String] { [forge.rawValue, word] }

        /// The ones that tell of a wrong secret, which are there from the start.
        static let first = WebhookSource.allCases.flatMap { forge in
            ["signature_missing", "signature_wrong"].map { Refusal(forge: forge, word: $0) }
        }
    }

    let requests: Counters<RequestLabels>
    let seconds: Histograms<RouteLabel>
    let webhooks: Counters<Delivery>
    let webhookRefusals: Counters<Refusal>

    init(_ registry: Registry) {
        requests = registry.counters(
            "http_requests_total", "Requests that were answered, by the template of their path, method and status.")
        seconds = registry.histograms(
            "http_request_duration_seconds",
            "From the head of a request to the head of its answer, by the template of the path.", .quick)
        webhooks = registry.counters(
            "webhook_deliveries_total", "Deliveries of webhooks that were taken, by who sent them and what came of it.")
        webhookRefusals = registry.counters(
            "webhook_refusals_total", "Deliveries of webhooks that were turned away, by who sent them and why.",
            beginningWith: Refusal.first)
    }

    func note(_ route: Route, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status, _ time: Duration) {
        requests.add(RequestLabels(route: route, method: Method(method), status: UInt16(clamping: status.code)))
        seconds.record(RouteLabel(route: route), time)
    }
}

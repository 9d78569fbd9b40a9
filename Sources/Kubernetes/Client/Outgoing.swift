import NIOCore
import NIOHTTP1
import URLText

/// One request, ready to be sent as often as its kind allows.
struct Outgoing: Sendable {
    var method: HTTPMethod
    /// The path below the server's address, with the query.
    var target: String
    var body: ByteBuffer?
    var contentType: String?
    /// What the answer is to be; nil for whole objects in JSON.
    var accept: String?
    var repeatability: RetryPolicy.Repeatability
    var operation: KubernetesError.Operation
    /// Asked at the last moment, before the body goes out; false gives the request up.
    var fence: (@Sendable () -> Bool)?

    init(
        _ method: HTTPMethod, _ target: String, query: Query = Query(), operation: KubernetesError.Operation,
        repeatability: RetryPolicy.Repeatability, body: ByteBuffer? = nil, contentType: String? = nil,
        accept: String? = nil
    ) {
        self.method = method
        self.target = target + query.text
        self.body = body
        self.contentType = contentType
        self.accept = accept
        self.repeatability = repeatability
        self.operation = operation
    }
}

/// The query of a request; values that are nil or empty are left out.
struct Query: Sendable {
    private(set) var text = ""

    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        text += text.isEmpty ? "?" : "&"
        text += name + "=" + PercentEncoding.encode(value)
    }

    mutating func add(_ name: String, if condition: Bool, _ value: String) {
        if condition { add(name, value) }
    }
}

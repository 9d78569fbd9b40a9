import JSONValues

/// Why a request for a flow is not answered as it was meant; `detail` is for whoever reads it.
struct FlowFault: Error, Sendable {
    let status: Int
    let detail: JSON

    init(_ status: Int, _ detail: String) {
        self.status = status
        self.detail = .string(detail)
    }

    private init(missing name: String) {
        status = 422
        detail = [["type": "missing", "loc": ["query", .string(name)], "msg": "Field required", "input": .null]]
    }

    static func illegalPath(_ path: String) -> FlowFault { FlowFault(400, "Illegal request path: \(path)") }
    static func missing(parameter: String) -> FlowFault { FlowFault(missing: parameter) }
    static func unknownFlow(_ flow: String) -> FlowFault { FlowFault(404, "There is no flow \(flow)") }
    static let unknownPath = FlowFault(404, "Not Found")
    static let noDirectory = FlowFault(404, "Directory not found")
    static let noFile = FlowFault(404, "File not found")
}

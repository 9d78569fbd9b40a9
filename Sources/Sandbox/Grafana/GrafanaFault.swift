import JSONValues

/// What Grafana answers instead of what it was asked for.
struct GrafanaFault: Error {
    let code: Int
    let message: String
    /// A word for programs, where Grafana has one.
    var status: String?

    init(_ code: Int, _ message: String, status: String? = nil) {
        self.code = code
        self.message = message
        self.status = status
    }

    var json: JSON {
        var json: JSON = ["message": .string(message)]
        if let status { json["status"] = .string(status) }
        return json
    }

    static func forbidden(_ right: String) -> GrafanaFault {
        GrafanaFault(
            403, "You'll need additional permissions to perform this action. Permissions needed: \(right)")
    }

    static let noDashboard = GrafanaFault(404, "Dashboard not found", status: "not-found")
    static let noFolder = GrafanaFault(404, "folder not found", status: "not-found")
    static let noDatasource = GrafanaFault(404, "Data source not found")
}

public import Apps
public import Grafana
import JSONValues

extension DashboardRows {
    /// The dashboards that ``DashboardSync`` makes.
    ///
    /// - Parameter path: that of Grafana's address: empty, or `/grafana`.
    public init(_ ownership: Ownership, path: String) {
        self.init(owner: ownership.tag, path: path) { id in
            let uid = ownership.uid(app: id.description)
            return DashboardRow(uid: uid, urls: AppDashboard.lastingURLs(uid: uid, prefix: path).text(.spaced))
        }
    }
}

extension JSONWritingOptions {
    /// With the spaces that Python's `json.dumps` writes.
    static let spaced: JSONWritingOptions = {
        var options = JSONWritingOptions()
        options.itemSeparator = ", "
        options.keySeparator = ": "
        return options
    }()
}

public import JSONValues

/// The dashboard that an app has by itself: a pure value of what it shows and where that is asked for.
///
/// Panels: what the controller logs about the app (Loki), CPU and memory by component namespace, and one for each GPU
/// metric that Prometheus has.
public struct AppDashboard: Sendable, Hashable {
    /// Whose log is the deployment log.
    public struct Controller: Sendable, Hashable {
        /// The namespace of Rampart's controller.
        public var namespace: String
        /// Its Deployment, with whose name the names of its pods begin.
        public var deployment: String

        public init(namespace: String, deployment: String) {
            self.namespace = namespace
            self.deployment = deployment
        }
    }

    public let namespace: String
    public let name: String
    /// Where the app's components run. Sorted; names that are no DNS-1123 labels are left out.
    public let componentNamespaces: [String]
    public let controller: Controller
    /// The uids of datasources by type (`loki`, `prometheus`); panels of a type that has none are left out.
    public let datasources: [String: String]
    public let gpuMetrics: Set<GPUMetric>

    /// - Parameters:
    ///   - namespace: the app's, a DNS-1123 label, as its name is.
    ///   - componentNamespaces: in any order.
    public init(
        namespace: String, name: String, componentNamespaces: some Sequence<String>, controller: Controller,
        datasources: [String: String], gpuMetrics: Set<GPUMetric>
    ) {
        self.namespace = namespace
        self.name = name
        self.componentNamespaces = Set(componentNamespaces.filter(Self.isLabel)).sorted()
        self.controller = controller
        self.datasources = datasources
        self.gpuMetrics = gpuMetrics
    }

    public var title: String { "\(namespace)/\(name) Dashboard" }

    /// The JSON model, without `uid`, `id` and `version`.
    public var model: JSON {
        [
            "title": .string(title),
            "description": .string("Made by Rampart from the app \(namespace)/\(name); changes here are looked after"),
            "editable": true, "schemaVersion": 36, "style": "dark", "timezone": "browser", "refresh": "30s",
            "time": ["from": "now-1h", "to": "now"],
            "panels": .array(panels.enumerated().map { panel($1, at: $0) }),
        ]
    }

    /// The paths of its panels by the keys that the UI knows; null for panels that it does not have.
    ///
    /// - Parameters:
    ///   - uid: the dashboard's.
    ///   - prefix: the path of Grafana's address: empty, or `/grafana`.
    public func urls(uid: String, prefix: String) -> JSON {
        var urls = JSONObject()
        for panel in AppPanel.allCases {
            if panels.contains(panel) { urls[panel.key] = Self.url(uid, prefix, panel: number(panel)) }
        }
        for panel in AppPanel.allCases where urls[panel.key] == nil { urls[panel.key] = .null }
        return .object(urls)
    }

    /// The same as far as it follows from the app's name and Grafana's address alone: the panels that every dashboard has,
    /// null for those of GPUs, which come and go with what Prometheus measures.
    public static func lastingURLs(uid: String, prefix: String) -> JSON {
        var urls = JSONObject()
        for panel in AppPanel.allCases { urls[panel.key] = panel.number.map { url(uid, prefix, panel: $0) } ?? .null }
        return .object(urls)
    }

    private static func url(_ uid: String, _ prefix: String, panel: Int) -> JSON {
        .string("\(prefix)/d-solo/\(uid)/new-dashboard?orgId=1&panelId=\(panel)")
    }

    /// The number of a panel, which its link names: always the same for what every dashboard has; those of GPUs follow, in
    /// the order of those that there are.
    private func number(_ panel: AppPanel) -> Int {
        if let number = panel.number { return number }
        let gpus = panels.filter { $0.number == nil }
        return AppPanel.allCases.count { $0.number != nil } + 1 + (gpus.firstIndex(of: panel) ?? 0)
    }

    /// The GPU metrics for which a dashboard that Grafana has shows a panel.
    public static func gpuMetrics(in dashboard: StoredDashboard) -> Set<GPUMetric> {
        let titles = Set(dashboard.model["panels"]?.array?.compactMap { $0["title"]?.string } ?? [])
        return Set(GPUMetric.allCases.filter { titles.contains(AppPanel.gpu($0).title) })
    }

    /// The panels that it has, in this order.
    var panels: [AppPanel] {
        AppPanel.allCases.filter { panel in
            if case .gpu(let metric) = panel, !gpuMetrics.contains(metric) { return false }
            return datasources[panel.datasourceType] != nil
        }
    }

    private func panel(_ panel: AppPanel, at index: Int) -> JSON {
        let datasource: JSON = [
            "type": .string(panel.datasourceType), "uid": .string(datasources[panel.datasourceType] ?? ""),
        ]
        var json: JSON = [
            "id": .int(Int64(number(panel))), "title": .string(panel.title), "description": .string(panel.description),
            "type": panel == .deploymentStatus ? "logs" : "timeseries", "datasource": datasource,
            "gridPos": panel.place(at: index),
            "targets": .array(
                queries(panel).enumerated().map { index, query in
                    [
                        "refId": .string(String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index)))),
                        "datasource": datasource, "expr": .string(query.text), "legendFormat": .string(query.legend),
                    ]
                }),
        ]
        if panel == .deploymentStatus {
            json["options"] = [
                "showTime": true, "wrapLogMessage": true, "sortOrder": "Descending", "enableLogDetails": true,
            ]
        } else {
            json["fieldConfig"] = ["defaults": ["unit": .string(panel.unit), "min": 0], "overrides": []]
            json["options"] = [
                "legend": ["displayMode": "list", "placement": "bottom"], "tooltip": ["mode": "multi"],
            ]
        }
        return json
    }

    private func queries(_ panel: AppPanel) -> [(text: String, legend: String)] {
        // Matches nothing where no component is known yet.
        let places = componentNamespaces.isEmpty ? "-" : componentNamespaces.joined(separator: "|")
        switch panel {
        case .deploymentStatus:
            let log = "{namespace=\"\(controller.namespace)\", pod=~\"\(controller.deployment)-.*\"}"
            return [("\(log) |= \"\(namespace)\" |= \"\(name)\"", "")]
        case .cpu:
            let rate = "rate(container_cpu_usage_seconds_total{namespace=~\"\(places)\", container!=\"\"}[5m])"
            return [("sum by (namespace) (\(rate))", "{{namespace}}")]
        case .memory:
            let memory = "container_memory_working_set_bytes{namespace=~\"\(places)\", container!=\"\"}"
            return [("sum by (namespace) (\(memory))", "{{namespace}}")]
        case .gpu(let metric):
            // Which label names the pod's namespace depends on whether Prometheus honours the exporter's labels.
            let sum = metric == .utilization ? "avg" : "sum"
            return [
                (
                    "\(sum) by (exported_namespace) (\(metric.metric){exported_namespace=~\"\(places)\"})",
                    "{{exported_namespace}}"
                ), ("\(sum) by (namespace) (\(metric.metric){namespace=~\"\(places)\"})", "{{namespace}}"),
            ]
        }
    }

    /// Names go into queries, so only such that mean nothing else there.
    private static func isLabel(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { unit in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(unit)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(unit) || unit == UInt8(ascii: "-")
            }
    }
}

import JSONValues

/// A panel of an app's dashboard.
///
/// Titles and the keys of links are those that the UI knows.
enum AppPanel: Hashable, Sendable, CaseIterable {
    case deploymentStatus
    case cpu
    case memory
    case gpu(GPUMetric)

    static let allCases: [AppPanel] = [.deploymentStatus, .cpu, .memory] + GPUMetric.allCases.map { .gpu($0) }

    /// The panel's link in `grafana_dashboard`.
    var key: String {
        switch self {
        case .deploymentStatus: "deploymentStatus"
        case .cpu: "cpuUsage"
        case .memory: "memoryUsage"
        case .gpu(.utilization): "gpuUtilization"
        case .gpu(.power): "gpuPowerUsage"
        case .gpu(.memory): "gpuMemoryUsage"
        }
    }

    /// Its number in every dashboard; nil for those of GPUs, which are numbered by what there is.
    var number: Int? {
        switch self {
        case .deploymentStatus: 1
        case .cpu: 2
        case .memory: 3
        case .gpu: nil
        }
    }

    var title: String {
        switch self {
        case .deploymentStatus: "Deployment Status"
        case .cpu: "CPU Usage"
        case .memory: "Memory Usage"
        case .gpu(.utilization): "GPU Utilization"
        case .gpu(.power): "GPU Power Usage"
        case .gpu(.memory): "GPU Memory Usage"
        }
    }

    var description: String {
        switch self {
        case .deploymentStatus: "What Rampart's controller logs about the app"
        case .cpu: "Cores in use, by namespace of a component"
        case .memory: "Working set, by namespace of a component"
        case .gpu(.utilization): "Utilization of the GPUs that pods of the app hold"
        case .gpu(.power): "Power that the GPUs of the app's pods draw"
        case .gpu(.memory): "Frame buffer in use on the GPUs of the app's pods"
        }
    }

    /// The type of the datasource that it asks.
    var datasourceType: String { self == .deploymentStatus ? "loki" : "prometheus" }

    /// The unit of its axis, in Grafana's words.
    var unit: String {
        switch self {
        case .deploymentStatus: ""
        case .cpu: "cores"
        case .memory: "bytes"
        case .gpu(.utilization): "percent"
        case .gpu(.power): "watt"
        case .gpu(.memory): "decmbytes"
        }
    }

    /// Its place on a grid of 24 columns: the log over the whole width, below it two panels a row.
    func place(at index: Int) -> JSON {
        if self == .deploymentStatus { return ["h": 8, "w": 24, "x": 0, "y": 0] }
        return ["h": 8, "w": 12, "x": .int(Int64((index + 1) % 2 * 12)), "y": .int(Int64(8 + (index - 1) / 2 * 8))]
    }
}

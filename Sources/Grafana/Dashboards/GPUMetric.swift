/// What NVIDIA's DCGM exporter measures of GPUs, as far as dashboards show it; in the order of their panels.
public enum GPUMetric: String, Sendable, Hashable, CaseIterable {
    case utilization
    case power
    case memory

    /// The name of the metric in Prometheus.
    public var metric: String {
        switch self {
        case .utilization: "DCGM_FI_DEV_GPU_UTIL"
        case .power: "DCGM_FI_DEV_POWER_USAGE"
        case .memory: "DCGM_FI_DEV_FB_USED"
        }
    }
}

import Instruments

/// Which program this is, for metrics.
enum BuildReading {
    /// The version of the program.
    static let version = "0.1.0"

    static func register(in registry: Registry) {
        registry.reading("build_info", "1, with the version of the program.", labels: ["version"]) {
            [Reading(1, version)]
        }
    }
}

/// Which datasources dashboards ask: looked up by type, chosen by name or uid where there are several.
public struct DatasourceChoice: Sendable, Hashable {
    /// The uids by type.
    public private(set) var uids: [String: String] = [:]
    /// What is missing, for people; such panels are left out.
    public private(set) var missing: [String] = []

    /// The types that dashboards ask.
    public static let types = ["loki", "prometheus"]

    /// - Parameter wanted: a name or uid by type.
    /// - Throws: ``GrafanaError`` where several come into question or the chosen one is not there, with what to do.
    public init(_ all: [Datasource], wanted: [String: String] = [:]) throws(GrafanaError) {
        for type in Self.types {
            let candidates = all.filter { $0.type == type }.sorted { $0.name < $1.name }
            if let choice = wanted[type] {
                guard let found = candidates.first(where: { $0.uid == choice || $0.name == choice }) else {
                    throw Self.refused(
                        "there is no datasource '\(choice)' of type \(type), only \(Self.names(candidates)); "
                            + "mend --grafana-datasource \(type)=NAME")
                }
                uids[type] = found.uid
            } else if candidates.count > 1 {
                throw Self.refused(
                    "there are several datasources of type \(type), \(Self.names(candidates)): "
                        + "say which with --grafana-datasource \(type)=NAME")
            } else if let only = candidates.first {
                uids[type] = only.uid
            } else {
                missing.append("Grafana has no datasource of type \(type), so such panels are left out")
            }
        }
    }

    private static func names(_ list: [Datasource]) -> String {
        list.isEmpty ? "none" : list.map { "'\($0.name)'" }.joined(separator: ", ")
    }

    private static func refused(_ message: String) -> GrafanaError {
        GrafanaError(.refused, "choosing datasources", message)
    }
}

import Apps
import ArgumentParser
import Foundation
import Grafana
import Sync

/// What the names of dashboards follow from, beside apps: for the service, and for its index files without it.
struct DashboardNames: ParsableArguments {
    @Option(
        name: .customLong("grafana-url"),
        help: ArgumentHelp(
            """
            Grafana, for example https://grafana.example.com/grafana; GRAFANA_URL in the environment. Without it there \
            are no dashboards; the sandbox has a Grafana of its own.
            """, valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("grafana-owner"),
        help: ArgumentHelp(
            "The tag of this service's dashboards; two services that share a Grafana need two.", valueName: "tag"))
    var owner = Ownership.standard

    func validate() throws {
        guard Ownership.isTag(owner) else {
            throw ValidationError(
                "--grafana-owner is '\(owner)', expected 1 to 50 letters, digits, '-', '_' and the like")
        }
        guard let url else { return }
        do { _ = try ServerAddress(url) } catch { throw ValidationError("--grafana-url: \(error.message)") }
    }

    /// Where Grafana is; nil where nobody says.
    var address: String? { url ?? Environment.variable("GRAFANA_URL") }

    /// What `dashboard.json` is made from; where nobody says where Grafana is, its path is that of the sandbox's.
    func rows() throws -> DashboardRows {
        var path = "/grafana"
        if let address {
            do { path = try ServerAddress(address).path } catch {
                throw Failure("--grafana-url or GRAFANA_URL: \(error.message)")
            }
        }
        return DashboardRows(Ownership(tag: owner), path: path)
    }
}

/// The environment of the process.
enum Environment {
    /// A variable that says something; nil for one that is not set or empty.
    static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

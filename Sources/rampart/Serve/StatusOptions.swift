import ArgumentParser
import Upstreams

/// Where the state of apps is looked up, and where the UI is sent to see more.
struct StatusOptions: ParsableArguments {
    @Option(
        name: .customLong("dashboard-url"),
        help: ArgumentHelp("The Kubernetes dashboard that links lead to.", valueName: "url"))
    var dashboardURL = ""

    @Option(
        name: .customLong("volume-flows-url"),
        help: ArgumentHelp(
            """
            The service of an app's volume flows; {namespace} and {app} stand for the app. Empty asks none; not given, \
            it is the name inside the cluster.
            """, valueName: "url"))
    var volumeFlowsURL: String?

    @Option(
        name: .customLong("repository-flows-url"),
        help: ArgumentHelp("The same for its repository flows.", valueName: "url"))
    var repositoryFlowsURL: String?

    @Option(
        name: .customLong("liveness-url"),
        help: ArgumentHelp(
            "The service that knows a component's edges; {componentNamespace} is where it runs.", valueName: "url"))
    var livenessURL: String?

    @Option(
        name: .customLong("flows-timeout"),
        help: ArgumentHelp("How long these services may take to begin an answer.", valueName: "seconds"))
    var flowsTimeout = 5.0

    /// Without a slash at the end.
    var dashboard: String {
        var url = dashboardURL
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// The sandbox has none of these services by itself.
    func upstreams(isSandbox: Bool) throws -> UpstreamAddresses {
        func template(_ given: String?, _ inCluster: String) throws -> AddressTemplate? {
            let text = given ?? (isSandbox ? "" : inCluster)
            return text.isEmpty ? nil : try AddressTemplate(text)
        }
        let inCluster = UpstreamAddresses.inCluster
        return UpstreamAddresses(
            volumes: try template(volumeFlowsURL, inCluster.volumes),
            repositories: try template(repositoryFlowsURL, inCluster.repositories),
            liveness: try template(livenessURL, inCluster.liveness))
    }

    mutating func validate() throws {
        guard flowsTimeout > 0, flowsTimeout <= 3_600 else {
            throw ValidationError("--flows-timeout has to be more than 0 and at most 3600 seconds")
        }
        do { _ = try upstreams(isSandbox: false) } catch { throw ValidationError("\(error)") }
    }
}

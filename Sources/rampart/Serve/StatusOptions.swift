import ArgumentParser
import Health

/// Where the state of apps is looked up, and where the UI is sent to see more.
struct StatusOptions: ParsableArguments {
    @Option(
        name: .customLong("dashboard-url"),
        help: ArgumentHelp("The Kubernetes dashboard that links lead to.", valueName: "url"))
    var dashboardURL = ""

    @Option(
        name: .customLong("flows-url"),
        help: ArgumentHelp(
            "The service of an app's repository flows; {namespace} and {app} stand for the app. Empty asks none.",
            valueName: "url"))
    var flowsURL: String?

    /// Without a slash at the end.
    var dashboard: String {
        var url = dashboardURL
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// The sandbox has no flows services.
    func repositories(isSandbox: Bool) -> RepositoryCheck? {
        let url = flowsURL ?? (isSandbox ? "" : RepositoryCheck.defaultURL)
        return url.isEmpty ? nil : RepositoryCheck(url: url)
    }
}

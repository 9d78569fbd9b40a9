import Listening
import Service
import ServiceLifecycle

/// Prints, once the service listens, what a person does next.
struct Banner: ServiceLifecycle.Service {
    let rest: RestService
    let basePath: String
    let repository: String
    let grafana: String?
    let kubeconfig: String?

    func run() async throws {
        let origin = try await rest.started().origin
        let base = basePath.split(separator: "/").map { "/" + $0 }.joined()
        var lines = [
            "",
            "API      \(origin)\(base)/api/v1/apps",
            "status   rampart status --url \(origin)\(base)",
            "git      git clone \(origin)\(base)/git/graphs.git",
            "         git clone \(repository)",
        ]
        if let kubeconfig { lines.append("kubectl  kubectl --kubeconfig \(kubeconfig) get rampartgraphs -A") }
        if let grafana { lines.append("grafana  \(grafana)") }
        Terminal.print(lines.map(label).joined(separator: "\n"))
        try? await gracefulShutdown()
    }

    private func label(_ line: String) -> String {
        guard let space = line.firstIndex(of: " ") else { return line }
        return Terminal.styled(line[..<space], .bold) + line[space...]
    }
}

public import Listening
public import Logging
public import ServiceLifecycle

/// The service beside a graph's flows: files of volumes, and the git repositories among them, over HTTP.
public struct FlowsService: Service {
    private let listener: HTTPListener<FlowsResponder>

    /// - Parameter root: the folder that the flows are mounted in, one folder each.
    /// - Throws: ``FlowsError`` where that is no folder that can be read.
    public init(root: String, host: String, port: Int, logger: Logger) throws(FlowsError) {
        var root = root
        while root.count > 1, root.hasSuffix("/") { root.removeLast() }
        let folder: FlowRoot
        do {
            folder = try FlowRoot(root)
        } catch {
            throw FlowsError("cannot read the folder of the flows, \(root): \(error)")
        }
        listener = HTTPListener(
            FlowsResponder(root: folder, repositories: RepositoryReader(root: root), logger: logger),
            host: host, port: port, idleTimeout: .seconds(60), logger: logger)
    }

    /// Serves until it is shut down.
    public func run() async throws { try await listener.run() }

    /// Waits until the service listens.
    public func started() async throws -> ListeningAddress { try await listener.started() }
}

/// Why a service beside an app cannot be started.
public struct FlowsError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Where the services beside an app's flows and components are; none is asked where a template is nil.
public struct UpstreamAddresses: Sendable {
    /// The service of volume flows.
    public var volumes: AddressTemplate?
    /// The service of repository flows.
    public var repositories: AddressTemplate?
    /// The service that says whether a component's edges are alive.
    public var liveness: AddressTemplate?

    public init(volumes: AddressTemplate?, repositories: AddressTemplate?, liveness: AddressTemplate?) {
        self.volumes = volumes
        self.repositories = repositories
        self.liveness = liveness
    }

    /// The names that Rampart's controller gives these services inside the cluster.
    public static let inCluster = (
        volumes:
            "http://flows-volume-flows-service.{namespace}-{app}-rampart-flows-volume.svc.cluster.local:8000",
        repositories:
            "http://flows-repository-flows-service.{namespace}-{app}-rampart-flows-repository.svc.cluster.local:8000",
        liveness: "http://edges-volume-liveness-service.{componentNamespace}.svc.cluster.local:8000"
    )
}

/// How much of an object the API server is asked for.
public enum ObjectForm: Sendable, Hashable {
    case whole
    /// Only its metadata (`PartialObjectMetadata` of `meta.k8s.io/v1`): nothing of a Secret's data comes over the wire.
    case metadata

    var mediaType: String? {
        self == .whole ? nil : "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    }

    var listMediaType: String? {
        self == .whole ? nil : "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    }
}

import Apps
import JSONValues

/// What a request to revert says.
struct RevertBody: Sendable {
    /// A commit id, or the first digits of one.
    let commit: String
    /// Whether a commit that touched other apps too is undone as a whole.
    let whole: Bool

    static let members: [JSONBody.Member] = [
        .init(name: "commit", kind: .text), .init(name: "whole", kind: .optionalTruth),
    ]

    init(_ body: JSONBody) {
        commit = body.object["commit"]?.string ?? ""
        whole = body.object["whole"].flatMap { JSONBody.truth($0) } ?? false
    }
}

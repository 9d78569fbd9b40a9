/// What a forge last refused, by what it was asked for: how it stands, in between requests.
struct ForgeFailures: Sendable {
    private var last: [ForgeMetrics.Operation: String] = [:]

    /// It did what it was asked for, or what it refused says nothing of the next request.
    mutating func end(_ operation: ForgeMetrics.Operation) { last[operation] = nil }

    /// It did not.
    mutating func take(_ error: ForgeError, _ operation: ForgeMetrics.Operation) {
        switch error.code {
        case .conflict, .refused: end(operation)
        default: last[operation] = error.message
        }
    }

    /// The first of them, in one sentence that names no branch and no app; nil where there is none.
    var problem: String? {
        ForgeMetrics.Operation.allCases.lazy.compactMap { operation in
            last[operation].map { "\(operation.refusal): \($0)" }
        }.first
    }
}

extension ForgeMetrics.Operation {
    fileprivate var refusal: String {
        switch self {
        case .status: "it takes no status of a commit"
        case .open: "it opens no pull request"
        case .find: "it does not list pull requests"
        }
    }
}

import JSONValues

/// How one part of the service stands.
public struct PartState: Sendable, Hashable {
    /// What it is called: `repository`, `cluster`, `policy`.
    public var name: String
    /// Why it does not work as it should; nil where it does.
    public var problem: String?
    /// What is worth knowing, though nothing is wrong.
    public var note: String?
    /// Whether requests should go elsewhere while there is a problem. Where reads and sync go on without the part, taking
    /// the service off the network would end them for nothing.
    public var isNeeded: Bool

    public init(_ name: String, problem: String? = nil, note: String? = nil, isNeeded: Bool = false) {
        self.name = name
        self.problem = problem
        self.note = note
        self.isNeeded = isNeeded
    }
}

/// Whether all parts work, and which does not and why.
struct ReadinessAnswer: Sendable {
    private let parts: [PartState]

    init(_ parts: [PartState]) { self.parts = parts }

    /// Whether requests may come.
    var isReady: Bool { !parts.contains { $0.isNeeded && $0.problem != nil } }

    /// - Parameter withDetails: whether the parts are named; strangers learn only whether it is ready.
    func json(withDetails: Bool) -> JSON {
        var answer: JSON = ["ready": .bool(isReady)]
        guard withDetails else { return answer }
        answer["parts"] = .object(
            JSONObject(
                pairs: parts.map { part in
                    var state: JSON = ["ready": .bool(part.problem == nil)]
                    if let message = part.problem ?? part.note { state["message"] = .string(message) }
                    return (part.name, state)
                }))
        let problems = parts.filter { $0.problem != nil }
        if let first = problems.first(where: \.isNeeded) ?? problems.first {
            answer["message"] = .string("\(first.name): \(first.problem ?? "")")
        }
        return answer
    }
}

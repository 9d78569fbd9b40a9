import JSONValues
import YAMLValues

/// The volume edges of the component that this runs beside.
struct Edges: Sendable, Hashable {
    var inputs: Set<String> = []
    var outputs: Set<String> = []

    /// - Parameter text: of `edges.yaml`: a list of `name`, `type` and `part`, as Rampart's controller writes it.
    /// - Throws: ``FlowsError`` where it is something else, or a name could lead out of a folder.
    init(parsing text: [UInt8]) throws(FlowsError) {
        let list: JSON
        do {
            list = try YAMLDocument(text).json
        } catch {
            throw FlowsError("edges.yaml cannot be read: \(error)")
        }
        guard let edges = list.array else { throw FlowsError("edges.yaml is no list of edges") }
        for edge in edges {
            guard let name = edge["name"]?.string, let type = edge["type"]?.string, let part = edge["part"]?.string
            else { throw FlowsError("an edge in edges.yaml lacks its name, type or part") }
            guard type.contains("VOLUME") else { continue }
            guard Self.isName(name) else { throw FlowsError("edges.yaml has an edge by the name '\(name)'") }
            if part.contains("OUTPUT") {
                outputs.insert(name)
            } else if part.contains("INPUT") {
                inputs.insert(name)
            }
        }
    }

    /// Whether a name of an edge or a component is a file's name and nothing more.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 200 && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "/") && $0 != 0x7f }
    }
}

import Graphs
import Hummingbird
import JSONValues

/// The node config in a request to create or to change one.
struct NodeConfigBody: Sendable {
    let content: NodeConfigContent

    static let members: [JSONBody.Member] = [
        .init(name: "title", kind: .text), .init(name: "config", kind: .object), .init(name: "type", kind: .text),
        .init(name: "nodeType", kind: .text), .init(name: "message", kind: .optionalText),
    ]

    init(_ request: Request, options: ServiceOptions) async throws {
        self.init(try await JSONBody(request, members: Self.members, options: options))
    }

    init(_ body: JSONBody) {
        content = NodeConfigContent(
            title: body.object["title"]?.string ?? "", type: body.object["type"]?.string ?? "",
            nodeType: body.object["nodeType"]?.string ?? "", message: body.object["message"]?.string,
            config: body.object["config"]?.object ?? [:])
    }
}

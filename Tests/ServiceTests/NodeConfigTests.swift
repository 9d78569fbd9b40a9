import JSONValues
import Testing

@testable import Service

/// The recorded exchanges about node configs, in their order.
@Suite struct NodeConfigTests {
    @Test func answersAsRecorded() async throws {
        let act = try RecordedAct.read("20-node-configs.json")
        try await Stack.run(Stack.Options()) { stack async throws in
            var ids: [String: String] = [:]
            for step in act.steps {
                let path = ids.reduce(step.path) { $0.replacing($1.key, with: $1.value) }
                let answer = try await stack.send(step.method, path, body: step.sent, headers: step.sentHeaders)
                let place: Comment = "\(step.number) \(step.name)\n\(answer.text)"
                #expect(answer.status == step.status, place)
                if let old = step.answered["id"]?.string, let new = answer.json["id"]?.string { ids[old] = new }
                switch step.status {
                case 422:
                    #expect(Self.details(answer.json) == Self.details(step.answered), place)
                case 404: #expect(answer.json["state"] == step.answered["state"], place)
                case 204: #expect(answer.text.isEmpty, place)
                default:
                    #expect(Self.timeless(answer.json, [:]) == Self.timeless(step.answered, ids), place)
                }
            }
        }
    }

    @Test func refusesWhatHasChangedMeanwhile() async throws {
        try await Stack.run(Stack.Options()) { stack async throws in
            let body: JSON = ["title": "T", "config": [:], "type": "c", "nodeType": "n"]
            let headers = ["Content-Type": "application/json"]
            let made = try await stack.send("POST", "/api/v1/node-configs", body: body.bytes(), headers: headers)
            let path = "/api/v1/node-configs/\(made.json["id"]?.string ?? "")"
            let tag = try #require(made.headers["etag"])
            var changed = body
            changed["title"] = "U"
            let first = try await stack.send(
                "PUT", path, body: changed.bytes(), headers: headers.merging(["If-Match": tag]) { $1 })
            #expect(first.status == 200)
            let second = try await stack.send("DELETE", path, body: nil, headers: ["If-Match": tag])
            #expect(second.status == 412)
            #expect(try await stack.get(path).json["title"] == "U")
        }
    }

    private static func details(_ body: JSON) -> [JSON] {
        (body["detail"]?.array ?? []).map { item in
            ["type": item["type"] ?? .null, "loc": item["loc"] ?? .null, "msg": item["msg"] ?? .null]
        }
    }

    /// A body with times as one word and with the ids of here.
    private static func timeless(_ json: JSON, _ ids: [String: String]) -> JSON {
        switch json {
        case .array(let list): return .array(list.map { timeless($0, ids) })
        case .object(let object):
            var result = object
            for name in ["creationTimestamp", "lastModifiedTimestamp"] where result[name]?.string != nil {
                result[name] = "<time>"
            }
            if let id = result["id"]?.string { result["id"] = .string(ids[id] ?? id) }
            return .object(result)
        default: return json
        }
    }
}

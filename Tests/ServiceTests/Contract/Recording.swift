import Foundation
import JSONValues

/// One act of the recorded service: its steps in order.
struct RecordedAct: Sendable, CustomStringConvertible {
    let name: String
    let steps: [RecordedStep]

    var description: String { name }

    static func read(_ file: String) throws -> RecordedAct {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Recordings")
        let url = try required(folder).appendingPathComponent(file)
        let json = try JSON(parsing: Data(contentsOf: url))
        return RecordedAct(
            name: json["act"]?.string ?? file, steps: (json["steps"]?.array ?? []).map { RecordedStep(json: $0) })
    }

    private static func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw CocoaError(.fileNoSuchFile) }
        return value
    }
}

/// A request with its answer, or something that happened beside the API.
struct RecordedStep: Sendable {
    let json: JSON

    var name: String { json["step"]?.string ?? "" }
    var number: Int64 { json["number"]?.int ?? 0 }
    var isRequest: Bool { json["request"] != nil }
    var method: String { json.at("request", "method")?.string ?? "" }
    var path: String { json.at("request", "path")?.string ?? "" }
    var status: Int { Int(json.at("response", "status")?.int ?? 0) }

    /// The bytes that were sent; nil where there was no body.
    var sent: [UInt8]? {
        if let raw = json.at("request", "raw_body")?.string { return Array(raw.utf8) }
        return json.at("request", "body")?.withCharts.bytes()
    }

    var sentHeaders: [String: String] {
        var headers: [String: String] = [:]
        for (name, value) in json.at("request", "headers")?.object ?? [:] { headers[name] = value.string }
        if json.at("request", "raw_body") != nil, headers["Content-Type"] == nil { headers["Content-Type"] = "" }
        return headers
    }

    var answered: JSON { json.at("response", "body") ?? .null }

    /// The headers of the answer that were kept, by their names in small letters.
    var answeredHeaders: [String: String] {
        var headers: [String: String] = [:]
        for header in json.at("response", "headers")?.array ?? [] {
            let parts = (header.string ?? "").split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[String(parts[0])] = String(parts[1].drop { $0 == " " }) }
        }
        return headers
    }
}

extension JSON {
    /// The same graph with a chart for each component that has none: the recorded service took such graphs, the
    /// Rampart controller and the checks do not.
    var withCharts: JSON {
        switch self {
        case .array(let values): return .array(values.map(\.withCharts))
        case .object(let object):
            var result = object.mapValues(\.withCharts)
            if let components = object["components"]?.object {
                result["components"] = .object(
                    components.mapValues { component in
                        guard var members = component.object, members["chart"] == nil else { return component }
                        members["chart"] = ["repo": "rampart-repo", "name": "any"]
                        return .object(members)
                    })
            }
            return .object(result)
        default: return self
        }
    }

    /// What is compared: times and uids are only there or not, numbers are numbers, `deploy: true` says what its
    /// absence says, and of a resource's metadata only what the API's users look at counts.
    var comparable: JSON {
        switch self {
        case .double(let number): return Int64(exactly: number).map(JSON.int) ?? self
        case .string(let text):
            if text.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/#) != nil { return "<time>" }
            if text.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) != nil { return "<uid>" }
            return .string(text.replacing(#/d-solo\/[^\/]+/#, with: "d-solo/<uid>"))
        case .array(let values): return .array(values.map(\.comparable))
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object {
                switch (key, value) {
                case ("deploy", .bool(true)): continue
                case ("observedGeneration", _): result[key] = "<generation>"
                case ("metadata", .object(let metadata)):
                    var kept = JSONObject()
                    for field in ["name", "namespace", "generation"] { kept[field] = metadata[field] }
                    result[key] = .object(kept)
                default: result[key] = value.comparable
                }
            }
            return .object(result)
        default: return self
        }
    }
}

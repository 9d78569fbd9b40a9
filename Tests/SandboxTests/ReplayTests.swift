import Foundation
import JSONValues
import NIOCore
import Sandbox
import TestSupport
import Testing

/// The sandbox answers as a real kube-apiserver 1.36 was recorded to answer.
///
/// Every recorded exchange is sent to a sandbox that begins as the recorded server did; status and body are compared, with
/// uids, times and resource versions mapped one to one. `left-out.json` names each exchange that the sandbox answers
/// otherwise, with the reason; an exchange that differs and is not named fails the test, and so does a name under
/// which nothing differs any more.
@Suite struct ReplayTests {
    /// The recordings of single exchanges. Those of whole kubectl and Python runs are replayed by the programs
    /// themselves, in ``KubectlTests``.
    static let files = [
        "admission", "apply", "apply-managedfields", "auth", "content-types", "crd", "create-get", "create-invalid",
        "delete", "discovery", "dryrun", "events", "health", "helm-secrets", "leases", "limits", "list", "namespaces",
        "openapi", "patch", "pods", "replace", "reviews", "startup-shutdown", "status-generation", "table", "watch",
        "watch-expired", "watch-idle", "watch-list", "watch-list-old-etcd",
    ]

    @Test(arguments: files)
    func theAnswersAreTheRecordedOnes(_ file: String) async throws {
        let exchanges = try load(file).array ?? []
        try #require(!exchanges.isEmpty)
        let differences = try await RunningSandbox.with(controller: false) { options in
            if file == "reviews" { Self.knowUsers(&options) }
        } _: { sandbox in
            var replay = Replay(sandbox: sandbox)
            var found: [String: String] = [:]
            for exchange in exchanges {
                let name = exchange["name"]?.string ?? ""
                if let difference = try await replay.difference(exchange) { found[name] = difference }
            }
            return found
        }
        if let path = ProcessInfo.processInfo.environment["RAMPART_REPLAY_REPORT"] {
            try report(differences, file, to: path)
            return
        }
        let leftOut = try load("left-out")[file]?.object ?? [:]
        for (name, difference) in differences.sorted(by: { $0.key < $1.key }) where !leftOut.contains(name) {
            Issue.record("\(file): \(name): \(difference)")
        }
        for name in leftOut.keys where differences[name] == nil {
            Issue.record("\(file): \(name) is answered as recorded: take it out of left-out.json")
        }
    }

    /// The users and the role of the recorded server.
    private static func knowUsers(_ options: inout SandboxOptions) {
        options.users = [
            SandboxUser(token: "admin-token", name: "admin", groups: ["system:masters"]),
            SandboxUser(token: "viewer-token", name: "viewer", groups: ["viewers"]),
        ]
        options.grants = [
            SandboxGrant(role: "patcher", user: "viewer", namespace: "rec-auth", verbs: ["get", "list", "patch"])
        ]
    }

    private func load(_ name: String) throws -> JSON {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Recordings"))
        return try JSON(parsing: Array(Data(contentsOf: url)))
    }

    /// Writes what differs into a folder, for whoever works on the list.
    private func report(_ differences: [String: String], _ file: String, to folder: String) throws {
        let object = JSONObject(pairs: differences.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
        try Data(JSON.object(object).bytes(.pretty)).write(to: URL(fileURLWithPath: "\(folder)/\(file).json"))
    }
}

/// Sends recorded requests, and remembers which value here stands for which value there.
struct Replay {
    let sandbox: RunningSandbox
    /// Recorded uids, resource versions and tokens, and what they are here.
    private var values: [String: String] = [:]

    init(sandbox: RunningSandbox) { self.sandbox = sandbox }

    private static let identities: Set<String> = ["uid", "resourceVersion", "continue"]
    private static let times: Set<String> = [
        "creationTimestamp", "deletionTimestamp", "time", "firstTimestamp", "lastTimestamp", "eventTime",
        "lastTransitionTime", "renewTime", "acquireTime", "startTime", "startedAt", "finishedAt",
    ]

    /// Sends an exchange's request.
    /// - Returns: what differs from the recorded answer; nil where nothing does.
    mutating func difference(_ exchange: JSON) async throws -> String? {
        guard let request = exchange["request"], let response = exchange["response"],
            let status = response["status"]?.int
        else { return "the recorded connection broke" }
        if response["stream"] != nil { return "a watch that goes on beside other exchanges" }
        let method = request["method"]?.string ?? "GET"
        var headers: [(String, String)] = []
        for (name, value) in request["headers"]?.object ?? [:] { headers.append((name, value.string ?? "")) }
        if !headers.contains(where: { $0.0.lowercased() == "user-agent" }) {
            headers.append(("User-Agent", "recorder/1.0 (linux)"))
        }
        var body: [UInt8]?
        switch request["body"] {
        case .none: body = nil
        case .string(let text)?: body = Array(text.utf8)
        case .some(let json): body = translated(json).bytes()
        }
        let target = translated(target: request["target"]?.string ?? request["path"]?.string ?? "/")
        let answer: RunningSandbox.Answer
        do {
            // A watch that should have been refused has no end.
            answer = try await sandbox.request(
                method, target, headers: headers, body: body,
                expecting: target.contains("watch=") ? Int(status) : nil)
        } catch {
            return "no answer: \(error)"
        }
        let recorded = response["body"]
        let json = answer.json
        if let recorded, let json { learn(recorded, json) }
        guard answer.status == Int(status) else {
            return "status \(answer.status), recorded \(status): \(answer.text.prefix(160))"
        }
        guard let recorded, response["trimmed"] == nil else { return nil }
        if case .string(let text) = recorded, json == nil {
            return text == answer.text ? nil : "text '\(answer.text.prefix(80))', recorded '\(text.prefix(80))'"
        }
        return Replay.firstDifference(
            normalized(recorded, isRecorded: true), normalized(json ?? .null, isRecorded: false), "")
    }

    private func translated(target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return target }
        let pairs = target[target.index(after: mark)...].split(separator: "&").map { pair -> String in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, ["resourceVersion", "continue"].contains(parts[0]) else { return String(pair) }
            let value = String(parts[1]).removingPercentEncoding ?? String(parts[1])
            let here = values[value] ?? value
            return "\(parts[0])=\(here.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? here)"
        }
        return target[...mark] + pairs.joined(separator: "&")
    }

    private func translated(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(values[text] ?? text)
        case .array(let list): .array(list.map(translated))
        case .object(let object): .object(object.mapValues(translated))
        default: json
        }
    }

    private mutating func learn(_ recorded: JSON, _ here: JSON) {
        switch (recorded, here) {
        case (.object(let left), .object(let right)):
            for (key, value) in left {
                guard let other = right[key] else { continue }
                if Replay.identities.contains(key), let old = value.string, let new = other.string, !old.isEmpty {
                    values[old] = new
                } else {
                    learn(value, other)
                }
            }
        case (.array(let left), .array(let right)):
            for (old, new) in zip(left, right) { learn(old, new) }
        default: break
        }
    }

    /// A value without what is different each time.
    private func normalized(_ json: JSON, isRecorded: Bool) -> JSON {
        switch json {
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object {
                if Replay.identities.contains(key), value.string?.isEmpty == false {
                    result[key] = .string("<\(key)>")
                } else if Replay.times.contains(key), value.string != nil {
                    result[key] = "<time>"
                } else if key == "name", let prefix = object["generateName"]?.string {
                    result[key] = .string(value.string?.hasPrefix(prefix) == true ? "<\(prefix)>" : "<other>")
                } else {
                    result[key] = normalized(value, isRecorded: isRecorded)
                    // Sorted by time first, and the times are other ones here.
                    if key == "managedFields", case .array(let list)? = result[key] {
                        result[key] = .array(list.sorted { Self.manager($0) < Self.manager($1) })
                    }
                }
            }
            return .object(result)
        case .array(let values): return .array(values.map { normalized($0, isRecorded: isRecorded) })
        case .string(let text):
            let text = isRecorded ? replaced(text) : text
            // "Too large resource version: 9, current: 5"
            return .string(text.replacing(/, current: [0-9]+$/, with: ", current: <resourceVersion>"))
        default: return json
        }
    }

    private static func manager(_ entry: JSON) -> String {
        ["operation", "manager", "subresource", "apiVersion"].map { entry[$0]?.string ?? "" }.joined(separator: " ")
    }

    /// A text in which recorded identities are those of here.
    private func replaced(_ text: String) -> String {
        var text = text
        for (old, new) in values where old.count > 20 && text.contains(old) { text = text.replacing(old, with: new) }
        return text
    }

    static func firstDifference(_ recorded: JSON, _ here: JSON, _ path: String) -> String? {
        switch (recorded, here) {
        case (.object(let left), .object(let right)):
            for (key, value) in left.sorted() {
                guard let other = right[key] else {
                    return "\(path).\(key) is missing, recorded \(value.text().prefix(120))"
                }
                if let difference = firstDifference(value, other, "\(path).\(key)") { return difference }
            }
            for (key, value) in right.sorted() where !left.contains(key) {
                return "\(path).\(key) is not recorded: \(value.text().prefix(120))"
            }
            return nil
        case (.array(let left), .array(let right)):
            if left.count != right.count { return "\(path) has \(right.count) elements, recorded \(left.count)" }
            for (index, pair) in zip(left, right).enumerated() {
                if let difference = firstDifference(pair.0, pair.1, "\(path)[\(index)]") { return difference }
            }
            return nil
        default:
            return recorded == here
                ? nil : "\(path) is \(here.text().prefix(160)), recorded \(recorded.text().prefix(160))"
        }
    }
}

import Apps
import Hummingbird
import JSONValues

/// What a request to deploy or undeploy says beside its path.
struct RedeploymentBody: Sendable {
    let appID: String
    let version: String
    let deploys: Bool

    static let members: [JSONBody.Member] = [
        .init(name: "appId", kind: .text), .init(name: "version", kind: .text), .init(name: "deployed", kind: .truth),
    ]

    init(_ body: JSONBody) {
        appID = body.object["appId"]?.string ?? ""
        version = body.object["version"]?.string ?? ""
        deploys = body.object["deployed"].flatMap { JSONBody.truth($0) } ?? false
    }

    /// Refuses a body that says something else than the path.
    func agree(id: String, version: String) throws(RestError) {
        var problems: [BodyProblem] = []
        for (name, said, meant) in [("appId", appID, id), ("version", self.version, version)] where said != meant {
            problems.append(
                BodyProblem(
                    "value_error", ["body", .string(name)], "is '\(said)' but the path says '\(meant)'",
                    input: .string(said)))
        }
        if !problems.isEmpty { throw .body(problems) }
    }
}

/// The number of a version in a path.
enum VersionNumber {
    /// - Returns: nil for a number that is none of any version, as it is too large.
    /// - Throws: ``RestError`` 400 for anything but plain decimal digits.
    static func read(_ text: String) throws(RestError) -> Int? {
        let digits = text.utf8
        let areDigits = !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard areDigits, digits.count == 1 || digits.first != UInt8(ascii: "0") else { throw .noVersionNumber(text) }
        return Int(text)
    }
}

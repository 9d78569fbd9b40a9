import Hummingbird
import JSONValues
import NIOCore

/// The JSON object in a request's body, read and with the members that it must have.
struct JSONBody: Sendable {
    let object: JSONObject
    let bytes: [UInt8]

    var json: JSON { .object(object) }

    /// A member that a body must have, and what it has to be.
    struct Member: Sendable {
        let name: String
        let kind: Kind

        enum Kind: Sendable {
            case text
            /// May be missing, but is no null.
            case optionalText
            case object
            case truth
            /// May be missing, but is no null.
            case optionalTruth
        }
    }

    /// - Throws: ``RestError`` 422 with everything that is wrong, 413, 408.
    init(_ request: Request, members: [Member], options: ServiceOptions) async throws {
        let bytes = try await request.wholeBody(upTo: options.maximumBody, within: options.bodyTimeout)
        try self.init(bytes, contentType: request.headers[.contentType], members: members)
    }

    init(_ bytes: [UInt8], contentType: String?, members: [Member]) throws(RestError) {
        if bytes.isEmpty { throw .body([BodyProblem("missing", ["body"], "Field required", input: .null)]) }
        guard Self.isJSON(contentType) else {
            var problem = BodyProblem.noObject(input: .string(String(decoding: bytes, as: UTF8.self)))
            problem.hint = "expected the header Content-Type: application/json"
            throw .body([problem])
        }
        let json: JSON
        do {
            json = try JSON(parsing: bytes, options: Self.options)
        } catch {
            throw .body([.noJSON(error, in: bytes)])
        }
        guard let object = json.object else { throw .body([.noObject(input: json)]) }
        let problems = members.compactMap { Self.problem(of: $0, in: object) }
        guard problems.isEmpty else { throw .body(problems) }
        self.object = object
        self.bytes = bytes
    }

    /// No deeper than the YAML is read that is written of it.
    private static let options: JSONReadingOptions = {
        var options = JSONReadingOptions.strict
        options.maximumDepth = 100
        return options
    }()

    private static func isJSON(_ contentType: String?) -> Bool {
        guard let type = contentType?.split(separator: ";").first?.lowercased() else { return false }
        let name = type.filter { $0 != " " }
        return name == "application/json" || name.hasPrefix("application/") && name.hasSuffix("+json")
    }

    private static func problem(of member: Member, in object: JSONObject) -> BodyProblem? {
        let place: [JSON] = ["body", .string(member.name)]
        guard let value = object[member.name] else {
            switch member.kind {
            case .optionalText, .optionalTruth: return nil
            case .text, .object, .truth: break
            }
            return BodyProblem("missing", place, "Field required", input: .object(object))
        }
        switch member.kind {
        case .text, .optionalText:
            return value.string != nil
                ? nil : BodyProblem("string_type", place, "Input should be a valid string", input: value)
        case .object:
            return value.object != nil
                ? nil : BodyProblem("dict_type", place, "Input should be a valid dictionary", input: value)
        case .truth, .optionalTruth:
            return truth(value) != nil
                ? nil
                : BodyProblem(
                    "bool_parsing", place, "Input should be a valid boolean, unable to interpret input",
                    input: value)
        }
    }

    /// True or false in the forms that the UI's service always took.
    static func truth(_ value: JSON) -> Bool? {
        switch value {
        case .bool(let value): value
        case .int(0), .int(1), .double(0), .double(1): value.double == 1
        case .string(let text):
            switch text.lowercased() {
            case "true", "t", "yes", "y", "on", "1": true
            case "false", "f", "no", "n", "off", "0": false
            default: nil
            }
        default: nil
        }
    }
}

/// One thing that is wrong with a body, in the form that the UI knows.
struct BodyProblem: Sendable {
    let type: String
    let loc: [JSON]
    let message: String
    let input: JSON?
    /// What the parser said.
    var context: String?
    var place: (line: Int, column: Int)?
    /// What to do about it.
    var hint: String?

    init(_ type: String, _ loc: [JSON], _ message: String, input: JSON?) {
        self.type = type
        self.loc = loc
        self.message = message
        self.input = input
    }

    static func noObject(input: JSON) -> BodyProblem {
        BodyProblem(
            "model_attributes_type", ["body"],
            "Input should be a valid dictionary or object to extract fields from", input: input)
    }

    static func noJSON(_ error: JSONError, in bytes: [UInt8]) -> BodyProblem {
        let text = String(decoding: bytes, as: UTF8.self)
        let before = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(error.line - 1)
        let offset = before.reduce(0) { $0 + $1.unicodeScalars.count + 1 } + error.column - 1
        var problem = BodyProblem(
            "json_invalid", ["body", .int(Int64(offset))], "JSON decode error", input: [:])
        problem.context = error.message
        problem.place = (error.line, error.column)
        return problem
    }

    var json: JSON {
        var object = JSONObject()
        object["type"] = .string(type)
        object["loc"] = .array(loc)
        object["msg"] = .string(message)
        if let input, input.bytes().count <= 1_024 { object["input"] = input }
        if let context { object["ctx"] = ["error": .string(context)] }
        if let place {
            object["line"] = .int(Int64(place.line))
            object["column"] = .int(Int64(place.column))
        }
        return .object(object)
    }

    /// The problem in one sentence.
    var sentence: String {
        let path = loc.dropFirst().compactMap(\.string).joined(separator: ".")
        var text = path.isEmpty ? message : "\(path): \(message)"
        if let context { text += ": \(context)" }
        if let place { text += " (line \(place.line), column \(place.column))" }
        if let hint { text += ", \(hint)" }
        return text
    }
}

extension RestError {
    /// A body that is not what the endpoint takes.
    static func body(_ problems: [BodyProblem]) -> RestError {
        RestError(
            .unprocessableContent, problems.map(\.sentence).joined(separator: "; "),
            detail: .array(problems.map(\.json)))
    }
}

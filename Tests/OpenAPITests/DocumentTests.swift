import JSONValues
import Testing

@testable import OpenAPI

@Suite struct DocumentTests {
    @Test func followsTheBasePath() throws {
        #expect(try Document(basePath: "").json["servers"] == [["url": "/"]])
        #expect(try Document(basePath: "/ui/rampart").json["servers"] == [["url": "/ui/rampart"]])
    }

    /// Each `$ref` names something that is there, each operation an id that no other has, each path parameter its path.
    @Test func hasNoLooseEnds() throws {
        let json = try Document(basePath: "").json
        for target in Self.references(json) {
            var value: JSON? = json
            for part in target.dropFirst(2).split(separator: "/") { value = value?[String(part)] }
            #expect(value != nil, "\(target)")
        }
        var ids: [String] = []
        for (path, item) in json["paths"]?.object ?? [:] {
            let named = path.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
            let shared = (item["parameters"]?.array ?? []).map { parameter in
                let name = parameter["$ref"]?.string?.split(separator: "/").last.map { String($0) } ?? ""
                return json.at("components", "parameters", name) ?? .null
            }
            #expect(shared.compactMap { $0["name"]?.string } == named, "\(path)")
            for parameter in shared { #expect(parameter["example"] != nil, "a path has examples to try: \(path)") }
            for method in Operation.methods {
                guard let operation = item[method] else { continue }
                ids.append(operation["operationId"]?.string ?? "")
                #expect(operation["summary"]?.string?.isEmpty == false, "\(method) \(path)")
                #expect(operation["tags"]?.array?.count == 1, "\(method) \(path)")
                for link in (operation["responses"]?.object ?? [:]).flatMap({ $0.value["links"]?.object ?? [:] }) {
                    ids.append("=" + (link.value["operationId"]?.string ?? ""))
                }
            }
        }
        let operations = ids.filter { !$0.hasPrefix("=") }
        #expect(Set(operations).count == operations.count)
        #expect(Set(ids.filter { $0.hasPrefix("=") }.map { String($0.dropFirst()) }).isSubset(of: Set(operations)))
    }

    @Test(
        arguments: [
            ("paths: [", "Twice"),
            ("nonsense: 1", "nothing called nonsense"),
            ("paths: {/healthz: {get: {}}}", "/healthz is described twice"),
            ("schemas: {Error: {}}", "Error is there twice"),
            ("errors: {unexpected: {when: x}}", "unexpected is described twice"),
            (#"paths: {/x: {get: {errors: {"404": [nope]}}}}"#, "no subject describes the error nope"),
            (#"paths: {/x: {get: {responses: {"500": {}}}}}"#, "500 is among the responses"),
        ])
    func saysWhatIsWrong(_ text: String, _ message: String) {
        let error = #expect(throws: DescriptionError.self) {
            try Document(basePath: "", subjects: Subject.all + [Subject("Twice", text)])
        }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }

    private static func references(_ json: JSON) -> [String] {
        switch json {
        case .array(let values): values.flatMap(references)
        case .object(let object):
            object.flatMap { key, value in
                key == "$ref" ? [value.string].compactMap { $0 } : references(value)
            }
        default: []
        }
    }
}

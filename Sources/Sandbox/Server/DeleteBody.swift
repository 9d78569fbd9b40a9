import Graphs
import JSONValues

extension DeleteOptions {
    /// Reads the body and the query of a deletion.
    ///
    /// - Throws: 400 where the body is none, 422 where its members do not go together.
    init(_ bytes: [UInt8], _ query: Query) throws(StatusError) {
        self.init()
        var body: JSON = [:]
        if !bytes.isEmpty {
            do { body = try JSON(parsing: bytes) } catch {
                guard !"{[\"".utf8.contains(bytes[0]), let yaml = try? YAMLText.value(bytes) else {
                    throw .badRequest("couldn't get version/kind; json parse error: unexpected end of JSON input")
                }
                body = yaml
            }
        }
        let kind = body["kind"]?.string ?? "DeleteOptions"
        guard kind == "DeleteOptions" else {
            let version = body["apiVersion"]?.string ?? ""
            throw .badRequest(
                "no kind \"\(kind)\" is registered for version \"\(version)\" in scheme "
                    + "\"k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27\"")
        }
        isDryRun = query["dryRun"] == "All" || body["dryRun"]?.array?.contains("All") == true
        uid = body.at("preconditions", "uid")?.string
        resourceVersion = body.at("preconditions", "resourceVersion")?.string
        propagation = query["propagationPolicy"] ?? body["propagationPolicy"]?.string
        orphans = body["orphanDependents"]?.bool
        guard let propagation else { return }
        if orphans != nil {
            throw Self.invalid(
                "FieldValueInvalid",
                "Invalid value: \"\(propagation)\": orphanDependents and deletionPropagation cannot be both set")
        }
        if !["Foreground", "Background", "Orphan"].contains(propagation) {
            throw Self.invalid(
                "FieldValueNotSupported",
                "Unsupported value: \"\(propagation)\": supported values: \"Foreground\", \"Background\", \"Orphan\", "
                    + "\"nil\"")
        }
    }

    private static func invalid(_ reason: String, _ message: String) -> StatusError {
        .invalid(
            kind: "DeleteOptions", group: "meta.k8s.io", name: "",
            [StatusError.Cause(reason: reason, message: message, field: "propagationPolicy")])
    }
}

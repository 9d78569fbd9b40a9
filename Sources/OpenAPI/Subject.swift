import JSONValues
import YAMLValues

/// The part of the description that is about one subject: a few endpoints, and the schemas that are theirs.
///
/// Written by hand in YAML, one file a subject. The members of the text:
///
/// | member | what it is |
/// |---|---|
/// | `description` | of the subject, for people |
/// | `paths` | as OpenAPI has them, without the base path; the tag is added, and what ``Document`` adds to all |
/// | `schemas`, `parameters`, `headers`, `responses` | components, under names that no other subject has |
/// | `errors` | answers that are errors, by their `state` |
///
/// An error says `when` it happens, an example of its `message`, its `headers`, and in `facts` the schemas of members
/// beside those two; or, where it is of another shape, its `schema` and an `example`.
///
/// An operation names its errors in short, `errors: {"404": [graph_not_found]}`; this becomes a whole response.
struct Subject: Sendable {
    /// What the subject is called, as the tag of its operations.
    let name: String
    let text: String

    init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
    }

    /// - Throws: where the text is no YAML, with the subject's name and the line.
    func json() throws -> JSON {
        do {
            return try YAMLDocument(Array(text.utf8)).json
        } catch {
            throw DescriptionError("\(name): \(error)")
        }
    }
}

/// A mistake in what is written by hand; the tests see to it that there is none.
struct DescriptionError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

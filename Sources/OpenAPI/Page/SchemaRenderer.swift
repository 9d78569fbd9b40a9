import JSONValues

/// Schemas on the page: those with a name once, with links to them everywhere else.
struct SchemaRenderer {
    let document: JSON

    /// What a reference means; anything else is itself.
    func resolved(_ json: JSON) -> JSON {
        guard let target = json["$ref"]?.string, target.hasPrefix("#/") else { return json }
        var value = document
        for part in target.dropFirst(2).split(separator: "/") { value = value[String(part)] ?? .null }
        return value
    }

    /// All named schemas.
    var all: [HTML] {
        (document.at("components", "schemas")?.object ?? [:]).sorted().map { name, schema in
            """
            <article class="schema" id="\(Self.anchor(name))">
            <h3><code>\(name)</code><a class="anchor" href="#\(Self.anchor(name))" aria-label="Link to this">#</a></h3>
            \(HTML(markdown: schema["description"]?.string ?? ""))
            <div class="type">\(type(schema, describes: false))</div>
            </article>
            """
        }
    }

    private static func anchor(_ name: String) -> String { "schema-\(name)" }

    /// What a value has to be.
    ///
    /// - Parameter describes: whether the schema's own description is shown too.
    func type(_ schema: JSON, describes: Bool = true) -> HTML {
        if let truth = schema.bool { return truth ? "anything" : "nothing" }
        if let target = schema["$ref"]?.string {
            let name = String(target.split(separator: "/").last ?? "")
            return "<a href=\"#\(Self.anchor(name))\">\(name)</a>"
        }
        var parts: [HTML] = []
        let words = words(schema)
        if !words.isEmpty { parts.append(words.joined(separator: ", ")) }
        for (key, word) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
            if let list = schema[key]?.array, !list.isEmpty {
                parts.append(list.map { type($0) }.joined(separator: word))
            }
        }
        if let items = schema["items"] { parts.append("of \(type(items))") }
        if let more = schema["additionalProperties"], more.object != nil { parts.append("by name: \(type(more))") }
        var html = parts.joined(separator: " ")
        let properties = properties(schema)
        if !properties.isEmpty { html = "\(html)<table>\(properties)</table>" }
        return html.text.isEmpty ? "anything" : html
    }

    private func words(_ schema: JSON) -> [HTML] {
        var words: [HTML] = []
        if let value = schema["const"] { return ["<code>\(value.text())</code>"] }
        if let values = schema["enum"]?.array {
            return ["one of \(values.map { "<code>\($0.string ?? $0.text())</code>" }.joined(separator: ", "))"]
        }
        switch schema["type"] {
        case .string(let name)?: words.append("\(Self.word(name))")
        case .array(let names)?: words.append("\(names.compactMap(\.string).map(Self.word).joined(separator: " or "))")
        default: break
        }
        for (key, text) in Self.bounds {
            if let value = schema[key] { words.append("\(text) <code>\(value.string ?? value.text())</code>") }
        }
        return words
    }

    private static let bounds = [
        ("pattern", "matches"), ("minimum", "at least"), ("maximum", "at most"), ("minLength", "length at least"),
        ("maxLength", "length at most"), ("minItems", "items at least"), ("maxItems", "items at most"),
        ("maxProperties", "members at most"), ("format", "format"), ("default", "by default"),
    ]

    private static func word(_ type: String) -> String { type == "array" ? "list" : type }

    private func properties(_ schema: JSON) -> [HTML] {
        let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        return (schema["properties"]?.object ?? [:]).map { name, property in
            let description = property["description"]?.string ?? ""
            return """
                <tr><th scope="row"><code>\(name)</code>\
                \(required.contains(name) ? "" : "<small>optional</small>" as HTML)</th>\
                <td>\(description.isEmpty ? "" : HTML(markdown: description))\(type(property))</td></tr>
                """
        }
    }
}

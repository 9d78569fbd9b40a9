import JSONValues

/// One operation on the page.
struct OperationView {
    let method: String
    let path: String
    /// The parameters of the path that all its operations have.
    let shared: [JSON]
    let operation: JSON
    let schemas: SchemaRenderer

    /// The anchor of the operation.
    var id: String { operation["operationId"]?.string ?? "" }
    var summary: String { operation["summary"]?.string ?? "" }
    var badge: HTML { "<b class=\"method \(method)\">\(method.uppercased())</b>" }

    private var parameters: [JSON] {
        (shared + (operation["parameters"]?.array ?? [])).map(schemas.resolved)
    }

    private var body: JSON? { operation.at("requestBody", "content")?["application/json"] }

    var article: HTML {
        """
        <article id="\(id)">
        <h3>\(badge)<code>\(path)</code><a class="anchor" href="#\(id)" aria-label="Link to this">#</a></h3>
        <p class="summary">\(summary)</p>
        \(HTML(markdown: operation["description"]?.string ?? ""))
        <pre class="curl"><code>\(curl)</code></pre>
        \(parameterTable)
        \(bodyPart)
        <h4>Answers</h4>
        \((operation["responses"]?.object ?? [:]).map { response($0, schemas.resolved($1)) })
        </article>
        """
    }

    // MARK: - What is sent

    private var parameterTable: HTML {
        guard !parameters.isEmpty else { return "" }
        let rows = parameters.map { parameter -> HTML in
            let isRequired = parameter["required"]?.bool ?? false
            return """
                <tr><th scope="row"><code>\(parameter["name"]?.string ?? "")</code>\
                <small>\(parameter["in"]?.string ?? "")\(isRequired ? "" : ", optional")</small></th>\
                <td>\(HTML(markdown: parameter["description"]?.string ?? ""))\
                <div class="type">\(schemas.type(parameter["schema"] ?? true))</div></td></tr>
                """
        }
        return "<h4>Parameters</h4><table>\(rows)</table>"
    }

    private var bodyPart: HTML {
        guard let body else { return "" }
        return """
            <h4>Body</h4><div class="type">\(schemas.type(body["schema"] ?? true))</div>\(examples(of: body))
            """
    }

    /// How to ask with curl; the example is the document's own.
    private var curl: String {
        var path = path
        var query: [String] = []
        var lines: [String] = []
        for parameter in parameters {
            let name = parameter["name"]?.string ?? ""
            guard let example = parameter["example"] else { continue }
            let text = example.array?.compactMap(\.string).joined(separator: ",") ?? example.string ?? example.text()
            switch parameter["in"]?.string {
            case "path": path = path.replacing("{\(name)}", with: text)
            case "query": query.append("\(name)=\(text)")
            default: lines.append("-H '\(name): \(text)'")
            }
        }
        let address = "$API\(path)" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        let isImplied = method == "get" || method == "post" && body != nil
        lines.insert("curl -s \(isImplied ? "" : "-X \(method.uppercased()) ")\"\(address)\"", at: 0)
        if let body, let example = Self.values(of: body, in: schemas).first?.value {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d '\(example.text().replacing("'", with: "'\\''"))'")
        }
        return lines.joined(separator: " \\\n     ")
    }

    // MARK: - What is answered

    private func response(_ code: String, _ response: JSON) -> HTML {
        let headers = (response["headers"]?.object ?? [:]).map { name, header -> HTML in
            """
            <tr><th scope="row"><code>\(name)</code></th>\
            <td>\(HTML(inline: schemas.resolved(header)["description"]?.string ?? ""))</td></tr>
            """
        }
        let contents = (response["content"]?.object ?? [:]).map { type, content -> HTML in
            """
            <div class="type"><code>\(type)</code> \(content["schema"].map { schemas.type($0) } ?? "")</div>\
            \(examples(of: content))
            """
        }
        return """
            <details\(code.hasPrefix("2") ? " open" : "")>\
            <summary><b class="code c\(String(code.prefix(1)))">\(code)</b>\
            <span>\(HTML(inline: Self.brief(response["description"]?.string ?? "")))</span></summary>\
            \(HTML(markdown: Self.rest(response["description"]?.string ?? "")))\
            \(contents)\(headers.isEmpty ? "" : "<table>\(headers)</table>" as HTML)</details>
            """
    }

    /// A description in the line of its code; a list shows its states there.
    private static func brief(_ text: String) -> String {
        guard text.hasPrefix("- ") else { return text }
        return text.split(separator: "\n").map { line in
            String(line.dropFirst(2).prefix { $0 != ":" })
        }.joined(separator: ", ")
    }

    private static func rest(_ text: String) -> String { text.hasPrefix("- ") ? text : "" }

    private func examples(of content: JSON) -> HTML {
        let blocks = Self.values(of: content, in: schemas).map { name, value -> HTML in
            """
            \(name.isEmpty ? "" : "<div class=\"name\">\(name)</div>" as HTML)\
            <pre><code>\(value.text(.pretty))</code></pre>
            """
        }
        return blocks.joined(separator: "")
    }

    private static func values(of content: JSON, in schemas: SchemaRenderer) -> [(name: String, value: JSON)] {
        if let example = content["example"] { return [("", example)] }
        return (content["examples"]?.object ?? [:]).compactMap { name, example in
            schemas.resolved(example)["value"].map { (name, $0) }
        }
    }
}

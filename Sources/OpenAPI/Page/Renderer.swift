import JSONValues

/// Makes the body of the page from the document.
struct Renderer {
    let document: JSON
    let schemas: SchemaRenderer
    /// What stands before every path: empty, or `/base`.
    let base: String

    init(_ document: JSON) {
        self.document = document
        schemas = SchemaRenderer(document: document)
        let server = document["servers"]?[0]?["url"]?.string ?? "/"
        base = server == "/" ? "" : server
    }

    var title: String { document.at("info", "title")?.string ?? "" }

    var body: HTML {
        """
        <header>
        <h1>\(title)</h1>
        <p>\(document.at("info", "summary")?.string ?? "")</p>
        </header>
        <div class="columns">
        <nav aria-label="Contents">
        <label class="search" hidden>Search <kbd>/</kbd><input type="search" id="search" autocomplete="off" \
        placeholder="path, word, state"></label>
        <p id="nothing" hidden>Nothing is called that.</p>
        \(tags.map(contents))
        <h2><a href="#schemas">Schemas</a></h2>
        </nav>
        <main>
        <section id="about" class="about">
        \(HTML(markdown: document.at("info", "description")?.string ?? ""))
        <p>For programs: <a href="openapi.json">openapi.json</a>, OpenAPI \(document["openapi"]?.string ?? "").
        The examples want to know where the service is:</p>
        <pre><code>API=<span id="origin">http://127.0.0.1:8080</span>\(base)</code></pre>
        </section>
        \(tags.map(section))
        <section id="schemas">
        <h2>Schemas</h2>
        \(schemas.all)
        </section>
        </main>
        </div>
        """
    }

    // MARK: - Subjects

    private struct Tag {
        let name: String
        let description: String
        let operations: [OperationView]
    }

    private var tags: [Tag] {
        (document["tags"]?.array ?? []).map { tag in
            let name = tag["name"]?.string ?? ""
            return Tag(
                name: name, description: tag["description"]?.string ?? "",
                operations: operations.filter { $0.operation["tags"]?[0]?.string == name })
        }
    }

    private var operations: [OperationView] {
        (document["paths"]?.object ?? [:]).flatMap { path, item in
            Operation.methods.compactMap { method in
                item[method].map {
                    OperationView(
                        method: method, path: path, shared: item["parameters"]?.array ?? [], operation: $0,
                        schemas: schemas)
                }
            }
        }
    }

    private func contents(_ tag: Tag) -> HTML {
        """
        <div class="group"><h2><a href="#\(Self.anchor(tag.name))">\(tag.name)</a></h2><ul>\(tag.operations.map {
            "<li data-for=\"\($0.id)\"><a href=\"#\($0.id)\">\($0.badge)<span>\($0.summary)</span></a></li>"
        } as [HTML])</ul></div>
        """
    }

    private func section(_ tag: Tag) -> HTML {
        """
        <section class="tag" id="\(Self.anchor(tag.name))">
        <h2>\(tag.name)</h2>
        \(HTML(markdown: tag.description))
        \(tag.operations.map(\.article))
        </section>
        """
    }

    private static func anchor(_ name: String) -> String {
        "tag-" + name.lowercased().replacing(" ", with: "-")
    }
}

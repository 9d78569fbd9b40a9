import FoundationEssentials
import JSONValues

/// Reads the members of an object of a configuration file, and says precisely what is wrong with one.
struct Fields {
    let json: JSON
    let file: String
    /// Where the object stands, for example `users[admin].user`.
    let path: String

    init(_ json: JSON, file: String, path: String) {
        self.json = json
        self.file = file
        self.path = path
    }

    func wrong(_ name: String, _ message: String) -> ConfigurationError {
        ConfigurationError(file: file, path: path.isEmpty ? name : "\(path).\(name)", message: message)
    }

    func checkIsObject() throws(ConfigurationError) {
        guard json.object != nil else {
            throw ConfigurationError(file: file, path: path, message: "expected a mapping, found \(json.kindName)")
        }
    }

    /// A text; nil where it is missing, null or empty, which kubeconfigs mean alike.
    func string(_ name: String) throws(ConfigurationError) -> String? {
        switch json[name] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case let other?: throw wrong(name, "expected a string, found \(other.kindName); put it in quotes")
        }
    }

    func bool(_ name: String) throws(ConfigurationError) -> Bool {
        switch json[name] {
        case nil, .null: return false
        case .bool(let value): return value
        case let other?: throw wrong(name, "expected true or false, found \(other.kindName)")
        }
    }

    func object(_ name: String) throws(ConfigurationError) -> Fields? {
        guard let value = json[name], !value.isNull else { return nil }
        let fields = Fields(value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
        try fields.checkIsObject()
        return fields
    }

    /// The objects of a list.
    func list(_ name: String) throws(ConfigurationError) -> [Fields] {
        var items: [Fields] = []
        for (index, value) in try array(name).enumerated() {
            let item = Fields(value, file: file, path: (path.isEmpty ? name : "\(path).\(name)") + "[\(index)]")
            try item.checkIsObject()
            items.append(item)
        }
        return items
    }

    func strings(_ name: String) throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for value in try array(name) {
            guard let text = value.string else { throw wrong(name, "expected strings, found \(value.kindName)") }
            strings.append(text)
        }
        return strings
    }

    private func array(_ name: String) throws(ConfigurationError) -> [JSON] {
        guard let value = json[name], !value.isNull else { return [] }
        guard let values = value.array else { throw wrong(name, "expected a list, found \(value.kindName)") }
        return values
    }

    /// A path in the file, from the file's own folder where it is relative.
    func resolved(_ relative: String) -> String {
        if relative.hasPrefix("/") { return relative }
        return file.prefix(upTo: file.lastIndex(of: "/") ?? file.startIndex) + "/" + relative
    }

    /// The file that `NAME` names and from which ``text(_:)`` reads; nil where it does not.
    func path(_ name: String) throws(ConfigurationError) -> String? {
        guard try string("\(name)-data") == nil, let named = try string(name) else { return nil }
        return resolved(named)
    }

    /// What stands in `NAME-data` as Base64, else in the file that `NAME` names.
    func text(_ name: String) throws(ConfigurationError) -> String? {
        if let encoded = try string("\(name)-data") {
            let compact = encoded.filter { !$0.isWhitespace }
            guard let data = Data(base64Encoded: compact), let text = String(validating: data, as: UTF8.self) else {
                throw wrong("\(name)-data", "is no PEM in Base64")
            }
            return text
        }
        guard let named = try string(name) else { return nil }
        let path = resolved(named)
        do throws(ConfigurationError) {
            return try Kubeconfig.text(path)
        } catch {
            throw wrong(name, "\(path): \(error.message)")
        }
    }
}

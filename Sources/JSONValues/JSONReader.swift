/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong and what was expected, one sentence without a full stop.
    public let message: String
    /// Line and column of the first byte that does not fit, both from 1; columns count code points.
    public let line: Int
    public let column: Int

    public var description: String { "\(line):\(column): \(message)" }
}

/// What a reader lets through. The defaults are those of a server that reads what another program wrote.
public struct JSONReadingOptions: Sendable {
    /// How deep arrays and objects may lie in one another.
    public var maximumDepth = 512
    /// Refuse an object that has a key twice; otherwise the last one counts, as in Go and Python.
    public var refusesDuplicateKeys = false
    /// Refuse integers outside of `Int64`; otherwise they become doubles, as the Kubernetes API server makes them.
    public var refusesLargeIntegers = false
    /// A member that is read over and left out.
    public var leavesOut: Member?

    /// A member by its name, by the name of the member it lies in, and by how deep: 2 for `metadata.managedFields` of
    /// the outermost object, lists counted as levels.
    public struct Member: Sendable {
        let parent: String
        let name: String
        let depth: Int

        public init(parent: String, name: String, depth: Int) {
            self.parent = parent
            self.name = name
            self.depth = depth
        }
    }

    public init() {}

    /// What a person's file must satisfy: nothing that two readers could understand differently.
    public static let strict: JSONReadingOptions = {
        var options = JSONReadingOptions()
        options.refusesDuplicateKeys = true
        options.refusesLargeIntegers = true
        return options
    }()
}

extension JSON {
    /// Reads one JSON text (RFC 8259) of UTF-8 bytes.
    ///
    /// - Throws: ``JSONError`` with the place of the first thing wrong.
    public init(parsing bytes: some Sequence<UInt8>, options: JSONReadingOptions = .init()) throws(JSONError) {
        let result: Result<JSON, JSONError>? = bytes.withContiguousStorageIfAvailable { buffer in
            Result { () throws(JSONError) in try JSONReader.read(buffer, options: options) }
        }
        if let result {
            self = try result.get()
        } else {
            let copy = Array(bytes)
            self = try copy.withUnsafeBufferPointer { buffer in
                Result { () throws(JSONError) in try JSONReader.read(buffer, options: options) }
            }.get()
        }
    }

    /// Reads one JSON text. See ``init(parsing:options:)-(Sequence,_)``.
    public init(parsing text: String, options: JSONReadingOptions = .init()) throws(JSONError) {
        try self.init(parsing: text.utf8, options: options)
    }

    /// The places of some values of a text that reads without an error.
    ///
    /// A second look, made only when somebody has to be told where something stands; reading itself keeps no places.
    /// It takes one pass over the text, however many values are asked for.
    /// - Parameter paths: keys and indexes (as text) from the root, joined with dots.
    /// - Returns: for each path the line and column of its value or, where that is missing, of the nearest value
    ///   around it; empty if the text does not read.
    public static func places(in bytes: [UInt8], of paths: some Sequence<String>) -> [String: (line: Int, column: Int)]
    {
        let paths = Set(paths)
        return bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer, options: .init())
            reader.wanted = paths.reduce(into: []) { wanted, path in
                for around in Self.around(path) where !wanted.insert(around).inserted { break }
            }
            guard (try? reader.document()) != nil else { return [:] }
            let places = reader.places(of: reader.offsets.values.sorted())
            return paths.reduce(into: [:]) { found, path in
                found[path] = Self.around(path).lazy.compactMap { reader.offsets[$0] }.first.flatMap { places[$0] }
            }
        }
    }

    /// A path, then those of the values around it up to the root's, which is empty.
    private static func around(_ path: String) -> [String] {
        var (all, rest) = ([path], Substring(path))
        while let dot = rest.lastIndex(of: ".") {
            rest = rest[..<dot]
            all.append(String(rest))
        }
        return path.isEmpty ? all : all + [""]
    }
}

/// A recursive descent over a buffer that the caller keeps alive.
struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    let options: JSONReadingOptions
    var index = 0
    var depth = 0
    /// The paths whose places are asked for, where any are, and the one of the value that is being read.
    var wanted: Set<String> = []
    var offsets: [String: Int] = [:]
    private var path = ""
    /// Whether the member that is being read is the parent of the one to leave out.
    private var isInParent = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, options: JSONReadingOptions) {
        self.bytes = bytes
        self.options = options
    }

    static func read(_ bytes: UnsafeBufferPointer<UInt8>, options: JSONReadingOptions) throws(JSONError) -> JSON {
        var reader = JSONReader(bytes, options: options)
        return try reader.document()
    }

    mutating func document() throws(JSONError) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark does not belong into JSON") }
        skipSpace()
        let value = try self.value()
        skipSpace()
        if index < bytes.count { throw error("expected the end after the JSON value") }
        return value
    }

    /// Reads the value of a key or index, and knows meanwhile where that is.
    private mutating func value(at key: String) throws(JSONError) -> JSON {
        guard !wanted.isEmpty else { return try value() }
        let length = path.utf8.count
        path += depth > 1 ? "." + key : key
        let value = try self.value()
        path = String(path.utf8.prefix(length)) ?? ""
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        if !wanted.isEmpty, wanted.contains(path) { offsets[path] = index }
        guard index < bytes.count else { throw error("expected a JSON value, found the end") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("expected a JSON value")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var object = JSONObject()
        skipSpace()
        if take("}") {
            depth -= 1
            return .object(object)
        }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw error("expected a key in double quotes")
            }
            let start = index
            let key = try string()
            skipSpace()
            guard take(":") else { throw error("expected ':' after the key") }
            skipSpace()
            if let member = options.leavesOut, depth <= member.depth {
                if depth == member.depth - 1 {
                    isInParent = key == member.parent
                } else if depth == member.depth, isInParent, key == member.name {
                    try skip()
                    skipSpace()
                    continue
                }
            }
            let value = try self.value(at: key)
            if options.refusesDuplicateKeys, object.contains(key) {
                index = start
                throw error("the key \"\(key)\" stands here a second time")
            }
            object[key] = value
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("expected ',' or '}'") }
        depth -= 1
        return .object(object)
    }

    /// Passes over a value: its brackets and strings are followed, the rest is not looked at.
    private mutating func skip() throws(JSONError) {
        let outer = depth
        repeat {
            guard index < bytes.count else { throw error("expected the end of the value") }
            switch bytes[index] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["): try enter()
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
            default: index += 1
            }
            // A number or a word ends where the member does.
            if depth == outer, index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return
                default: break
                }
            }
        } while depth > outer || index < bytes.count
        throw error("expected the end of the value")
    }

    private mutating func skipString() throws(JSONError) {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        throw error("expected the end of the string")
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var values: [JSON] = []
        skipSpace()
        if take("]") {
            depth -= 1
            return .array(values)
        }
        repeat {
            skipSpace()
            values.append(wanted.isEmpty ? try value() : try value(at: String(values.count)))
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("expected ',' or ']'") }
        depth -= 1
        return .array(values)
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > options.maximumDepth { throw error("more than \(options.maximumDepth) levels deep") }
        index += 1
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.count, (index..<end).allSatisfy({ bytes[$0] == word.utf8Start[$0 - index] }) else {
            throw error("expected a JSON value")
        }
        index = end
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// The error at the current index.
    func error(_ message: String) -> JSONError {
        let place = place(of: index)
        return JSONError(message: message, line: place.line, column: place.column)
    }

    func place(of offset: Int) -> (line: Int, column: Int) {
        places(of: [offset])[offset] ?? (1, 1)
    }

    /// The lines and columns of offsets in rising order.
    func places(of offsets: [Int]) -> [Int: (line: Int, column: Int)] {
        var places: [Int: (line: Int, column: Int)] = [:]
        var (line, column, next) = (1, 1, 0)
        for (index, byte) in bytes.enumerated() {
            while next < offsets.count, offsets[next] <= index {
                places[offsets[next]] = (line, column)
                next += 1
            }
            guard next < offsets.count else { return places }
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        for offset in offsets[next...] { places[offset] = (line, column) }
        return places
    }
}

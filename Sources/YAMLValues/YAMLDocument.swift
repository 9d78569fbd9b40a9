public import JSONValues

/// A YAML text as kubectl reads it: one document, as JSON values.
///
/// Read from libyaml's events straight into JSON values, without a tree of nodes between: most of a first fold of
/// history is spent here.
public struct YAMLDocument: Sendable {
    /// How much one text may come to.
    public enum Limit {
        public static let bytes = 4 << 20
        public static let depth = 100
        /// Values after aliases are expanded: what a "billion laughs" text would blow up.
        public static let values = 200_000
        /// Problems that are kept of one text.
        public static let problems = 100

        /// Bytes of values and keys after aliases are expanded, by the length of the text: many times what a text that
        /// shares its parts comes to, and too little for one that repeats a long value without end.
        public static func expanded(from bytes: Int) -> Int { (16 << 10) + 32 * bytes }
    }

    /// The value of the text; null where there is none.
    public let json: JSON
    private let bytes: [UInt8]

    /// - Parameter bytes: the text in UTF-8.
    /// - Throws: every value that has no JSON form, and the place where the text stops being YAML.
    public init(_ bytes: [UInt8]) throws(YAMLProblems) {
        guard bytes.count <= Limit.bytes else {
            throw YAMLProblems(list: [YAMLProblem(message: "more than \(Limit.bytes >> 20) MiB")])
        }
        json = try bytes.withUnsafeBufferPointer { buffer throws(YAMLProblems) in
            var composer = Composer(EventStream(buffer), expanding: Limit.expanded(from: buffer.count))
            return try composer.document()
        }
        self.bytes = bytes
    }

    /// Where the values of the text stand. Reads the text again, which only a text with mistakes has to bear.
    public func places() -> YAMLPlaces {
        bytes.withUnsafeBufferPointer { buffer in YAMLPlaces(EventStream(buffer)) }
    }
}

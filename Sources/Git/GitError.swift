import CLibgit2

/// Why a call of libgit2 failed.
public struct GitError: Error, Hashable, Sendable {
    /// libgit2's return code (`git_error_code`); codes it adds later are kept as they are.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        public static let failed = Code(rawValue: -1)
        public static let notFound = Code(rawValue: -3)
        public static let exists = Code(rawValue: -4)
        public static let ambiguous = Code(rawValue: -5)
        public static let unborn = Code(rawValue: -9)
        public static let invalidName = Code(rawValue: -12)
        public static let conflict = Code(rawValue: -13)
        /// A lock file of another process stands in the way.
        public static let locked = Code(rawValue: -14)
        /// A reference does not have the value that was expected.
        public static let modified = Code(rawValue: -15)
        public static let invalid = Code(rawValue: -21)
        /// More than is looked at; no code of libgit2's.
        public static let tooMuch = Code(rawValue: -10_001)
    }

    /// libgit2's class of the error (`git_error_t`): 2 is the operating system, 9 the object database, …
    public struct Category: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        public static let none = Category(rawValue: 0)
        public static let operatingSystem = Category(rawValue: 2)
        public static let reference = Category(rawValue: 4)
        /// What zlib cannot unpack.
        public static let zlib = Category(rawValue: 5)
        public static let objectDatabase = Category(rawValue: 9)
        /// An object that does not read as what it should be.
        public static let object = Category(rawValue: 11)
    }

    public let code: Code
    public let category: Category
    /// What libgit2 says, without a full stop.
    public let message: String
    /// What was being done, for example `read the tree 1a2b3c…`.
    public let operation: String

    public init(_ code: Code, _ message: String, category: Category = .none, operation: String) {
        self.code = code
        self.category = category
        self.message = message
        self.operation = operation
    }

    /// Throws what libgit2 says of a call that returned a negative code.
    ///
    /// Reads the error on the thread of the call, before anything else runs on it, and clears it.
    static func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(GitError) {
        guard result < 0 else { return }
        let last = git_error_last()
        let message = last.flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "no message"
        let category = Category(rawValue: last.map { Int32($0.pointee.klass) } ?? 0)
        git_error_clear()
        throw GitError(Code(rawValue: result), message, category: category, operation: operation())
    }
}

extension GitError {
    /// Whether an object is missing or damaged, which trying again does not change.
    public var isDamage: Bool {
        code == .notFound || [.zlib, .objectDatabase, .object].contains(category)
    }
}

extension GitError {
    /// The same with more to say.
    func adding(_ words: String) -> GitError {
        GitError(code, "\(message); \(words)", category: category, operation: operation)
    }
}

extension GitError: CustomStringConvertible {
    public var description: String { "cannot \(operation): \(message)" }
}

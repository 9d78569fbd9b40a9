/// What is wrong with the settings of a connection, where, and what to do about it.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file concerned; nil where it is an environment variable or an argument.
    public let file: String?
    /// Where in it, for example `users[admin].user.exec.command`, or the name of a variable.
    public let path: String
    /// What is wrong and what helps. Never holds a secret.
    public let message: String

    /// Something wrong with a setting.
    public init(file: String? = nil, path: String = "", message: String) {
        self.file = file
        self.path = path
        self.message = message
    }

    /// One line: file, place and what is wrong.
    public var description: String {
        [file, path].compactMap { $0 }.filter { !$0.isEmpty }.map { "\($0): " }.joined() + message
    }
}

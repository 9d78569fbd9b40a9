import Glibc

/// How a hook of git's asks the service that started git: for programs that run as hooks.
public enum HookLine {
    static let socketVariable = "RAMPART_HOOK_SOCKET"
    static let keyVariable = "RAMPART_HOOK_KEY"

    /// Asks the service; blocks the thread.
    ///
    /// - Parameters:
    ///   - question: one line.
    ///   - environment: the hook's own.
    ///   - patience: how many seconds nothing may come.
    /// - Returns: the answer; nil where no service has started git, as the push did not come over HTTP.
    /// - Throws: ``HookLineError`` where it does not answer.
    public static func ask(
        _ question: String, environment: [String: String], patience: Int = 100
    ) throws(HookLineError) -> String? {
        guard let name = environment[socketVariable], let key = environment[keyVariable] else { return nil }
        let descriptor = try AbstractSocket.connected(name, patience: patience)
        defer { close(descriptor) }
        try write(Array("\(key)\n\(question)\n".utf8), to: descriptor)
        shutdown(descriptor, CInt(SHUT_WR))
        let answer = try read(descriptor)
        guard answer.last == 0x0A else { throw HookLineError(description: "it does not answer") }
        return String(decoding: answer.dropLast(), as: UTF8.self)
    }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(HookLineError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AbstractSocket.failure("ask", closing: nil) }
            rest = rest.dropFirst(count)
        }
    }

    private static func read(_ descriptor: CInt) throws(HookLineError) -> [UInt8] {
        var answer: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = part.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AbstractSocket.failure("read the answer", closing: nil) }
            if count == 0 { return answer }
            answer += part[..<count]
        }
    }
}

/// Why a hook got no answer.
public struct HookLineError: Error, CustomStringConvertible {
    public let description: String
}

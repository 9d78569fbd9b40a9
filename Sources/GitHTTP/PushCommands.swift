import Synchronization

/// What a push asks for, read out of the beginning of its request: the command list of gitprotocol-pack(5), as pkt-lines.
enum PushCommands {
    /// One reference that is to be moved.
    struct Command: Hashable, Sendable {
        var reference: String
        /// 40 hexadecimal digits.
        var commit: String
    }

    /// The commands that lie whole in the first bytes, at most 64; deletions are none.
    static func read(_ bytes: some Collection<UInt8>) -> [Command] {
        var rest = Array(bytes.prefix(16 << 10))[...]
        var commands: [Command] = []
        while commands.count < 64, rest.count >= 4 {
            guard let length = Int(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16), length > 4,
                length <= rest.count
            else { break }
            let line = rest.dropFirst(4).prefix(length - 4).prefix { $0 != 0 && $0 != 0x0A }
            rest = rest.dropFirst(length)
            let words = line.split(separator: 0x20, maxSplits: 2)
            guard words.count == 3, words[0].count == 40, words[1].count == 40, words[1].allSatisfy(isDigit) else {
                continue  // such as `shallow …` before the commands
            }
            if words[1].allSatisfy({ $0 == UInt8(ascii: "0") }) { continue }
            commands.append(
                Command(
                    reference: String(decoding: words[2], as: UTF8.self),
                    commit: String(decoding: words[1], as: UTF8.self)))
        }
        return commands
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }
}

/// What a push was seen to ask for, once its request has begun.
final class SeenCommands: Sendable {
    private let seen = Mutex<[PushCommands.Command]?>(nil)

    /// What is known so far.
    var commands: [PushCommands.Command] { seen.withLock { $0 ?? [] } }

    /// Reads the beginning of a request; nil for what comes after it.
    func take(_ bytes: some Collection<UInt8>) -> [PushCommands.Command]? {
        seen.withLock { seen in
            guard seen == nil else { return nil }
            let commands = PushCommands.read(bytes)
            seen = commands
            return commands
        }
    }
}

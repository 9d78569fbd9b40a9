import Foundation

/// Whose signatures count: the file that git names `gpg.ssh.allowedSignersFile` (ssh-keygen(1), ALLOWED SIGNERS).
public struct AllowedSigners: Sendable, Hashable {
    /// One line of the file.
    public struct Signer: Sendable, Hashable {
        /// Who it is, as patterns: `ada@example.com,*@ops.example.com`.
        public let principals: String
        public let key: SSHPublicKey
        /// Patterns of what the key may sign for; nil for everything.
        let namespaces: String?
        /// Seconds since 1970 from which and until which signatures count.
        let validAfter: Int64?
        let validBefore: Int64?
    }

    public let signers: [Signer]

    /// Reads the file's text.
    ///
    /// - Throws: ``SignatureError`` that names the line: a list of which a part is not understood is not used.
    public init(parsing text: String) throws(SignatureError) {
        var signers: [Signer] = []
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            do throws(SignatureError) {
                signers.append(try Signer(line: line))
            } catch {
                throw SignatureError("line \(number): \(error)")
            }
        }
        self.signers = signers
    }

    /// Checks that a signature of a message is good and of somebody whose signatures count.
    ///
    /// - Parameters:
    ///   - armored: the signature; nil for none.
    ///   - namespace: what it has to be made for.
    ///   - time: when it was made, in seconds since 1970.
    /// - Returns: who signed.
    /// - Throws: ``SignatureError`` with the reason.
    public func verify(
        _ message: [UInt8], signature armored: String?, namespace: String, at time: Int64
    ) throws(SignatureError) -> Signer {
        guard let armored else { throw SignatureError("it is not signed") }
        let signature: SSHSignature
        do throws(SignatureError) {
            signature = try SSHSignature(parsing: armored)
            guard signature.namespace == namespace else {
                throw SignatureError("it is made for '\(signature.namespace)', expected '\(namespace)'")
            }
        } catch {
            throw SignatureError("its signature is not good: \(error)")
        }
        // First, so that no key of a stranger's is ever calculated with.
        let known = signers.filter { $0.key == signature.key }
        guard !known.isEmpty else {
            throw SignatureError("it is signed with a key that is not allowed: \(signature.key.fingerprint)")
        }
        do throws(SignatureError) {
            try signature.verify(message)
        } catch {
            throw SignatureError("its signature is not good: \(error)")
        }
        if let signer = known.first(where: { $0.allows(namespace: namespace, at: time) }) { return signer }
        throw SignatureError(
            "it is signed with a key that is not allowed for '\(namespace)' at that time: \(signature.key.fingerprint)")
    }
}

extension AllowedSigners.Signer {
    init(line: String) throws(SignatureError) {
        var fields = try Self.fields(line)
        guard fields.count > 2 else {
            throw SignatureError(
                "expected principals, a key's type and the key, as in: ada@example.com ssh-ed25519 AAAA…")
        }
        principals = fields.removeFirst()
        var namespaces: String?
        var (after, before): (Int64?, Int64?) = (nil, nil)
        if !Self.isKeyType(fields[0]) {
            for option in Self.options(fields.removeFirst()) {
                switch option.name {
                case "cert-authority":
                    throw SignatureError("cert-authority is not supported: name the keys of the people themselves")
                case "namespaces": namespaces = option.value
                case "valid-after": after = try Self.time(option.value)
                case "valid-before": before = try Self.time(option.value)
                default: throw SignatureError("there is no option '\(option.name)'")
                }
            }
        }
        guard fields.count > 1 else { throw SignatureError("the key is missing") }
        if let after, let before, after >= before { throw SignatureError("valid-after is not before valid-before") }
        let key = try SSHPublicKey(parsing: "\(fields[0]) \(fields[1])")
        guard SSHPublicKey.types.contains(key.type) else {
            throw SignatureError(SSHPublicKey.unsupported(key.type))
        }
        self.key = key
        self.namespaces = namespaces
        (validAfter, validBefore) = (after, before)
    }

    func allows(namespace: String, at time: Int64) -> Bool {
        if let validAfter, time < validAfter { return false }
        if let validBefore, time > validBefore { return false }
        return namespaces.map { PatternList.matches(namespace, $0) } ?? true
    }

    private static func isKeyType(_ text: String) -> Bool {
        text.hasPrefix("ssh-") || text.hasPrefix("ecdsa-") || text.hasPrefix("sk-")
    }

    /// The fields of a line; within double quotes white space does not part them.
    private static func fields(_ line: String) throws(SignatureError) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        for character in line {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted, character == " " || character == "\t" {
                if !field.isEmpty { fields.append(field) }
                field = ""
            } else {
                field.append(character)
            }
        }
        guard !isQuoted else { throw SignatureError("a quote is not closed") }
        if !field.isEmpty { fields.append(field) }
        if let first = fields.first { fields[0] = first.filter { $0 != "\"" } }
        return fields
    }

    /// `name` or `name="value"`, with commas between.
    private static func options(_ text: String) -> [(name: String, value: String)] {
        var options: [(name: String, value: String)] = []
        var (option, isQuoted) = ("", false)
        for character in text + "," {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                let parts = option.split(separator: "=", maxSplits: 1)
                if let name = parts.first {
                    let value = parts.count > 1 ? parts[1].filter { $0 != "\"" } : ""
                    options.append((name.lowercased(), String(value)))
                }
                option = ""
            } else {
                option.append(character)
            }
        }
        return options
    }

    /// `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, in the machine's time zone, or in UTC with a `Z` at the end.
    static func time(_ text: String) throws(SignatureError) -> Int64 {
        let isUTC = text.hasSuffix("Z") || text.hasSuffix("z")
        let digits = isUTC ? String(text.dropLast()) : text
        let failure = SignatureError("'\(text)' is no time, expected YYYYMMDD or YYYYMMDDHHMM[SS], with a Z for UTC")
        guard [8, 12, 14].contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw failure
        }
        func number(_ from: Int, _ count: Int) -> Int {
            guard digits.count >= from + count else { return 0 }
            return Int(digits.dropFirst(from).prefix(count)) ?? 0
        }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (number(0, 4), number(4, 2), number(6, 2))
        (parts.hour, parts.minute, parts.second) = (number(8, 2), number(10, 2), number(12, 2))
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = isUTC ? .gmt : .current
        parts.calendar = calendar
        guard parts.isValidDate, let date = calendar.date(from: parts) else { throw failure }
        return Int64(date.timeIntervalSince1970)
    }
}

/// Patterns with commas between, as OpenSSH has them: `*` and `?` stand for anything, `!` before one excludes.
enum PatternList {
    static func matches(_ text: String, _ patterns: String) -> Bool {
        var found = false
        for pattern in patterns.split(separator: ",") {
            if pattern.hasPrefix("!") {
                if matches(Array(text.utf8)[...], Array(pattern.dropFirst().utf8)[...]) { return false }
            } else if matches(Array(text.utf8)[...], Array(pattern.utf8)[...]) {
                found = true
            }
        }
        return found
    }

    /// Without recursion over each `*`: the last one is tried at the next place (linear in practice, never exponential).
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var (place, rule) = (text.startIndex, pattern.startIndex)
        var star: (rule: Int, place: Int)?
        while place < text.endIndex {
            if rule < pattern.endIndex, pattern[rule] == UInt8(ascii: "*") {
                star = (rule, place)
                rule += 1
            } else if rule < pattern.endIndex, pattern[rule] == UInt8(ascii: "?") || pattern[rule] == text[place] {
                (place, rule) = (place + 1, rule + 1)
            } else if let last = star {
                star = (last.rule, last.place + 1)
                (place, rule) = (last.place + 1, last.rule + 1)
            } else {
                return false
            }
        }
        return pattern[rule...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

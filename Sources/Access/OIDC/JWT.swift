import FoundationEssentials
import JSONValues

/// A JSON Web Token in its compact form, taken apart and not yet believed.
struct JWT {
    let algorithm: String
    /// The name of the key; nil where it says none.
    let keyID: String?
    let claims: JSONObject
    /// What is signed.
    let signed: [UInt8]
    let signature: [UInt8]

    /// - Throws: ``Unreadable`` for all that RFC 7515 and 7519 do not allow, for headers that ask for what is not
    ///   understood (`crit`), and for keys that a token brings along (`jwk`, `jku`, `x5u`, `x5c`).
    init(_ token: String) throws(Unreadable) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[1].isEmpty else { throw Unreadable("has not three parts") }
        guard let header = Self.object(parts[0]) else { throw Unreadable("has no header") }
        guard let claims = Self.object(parts[1]) else { throw Unreadable("has no claims") }
        guard let signature = Base64URL.decode(parts[2]) else { throw Unreadable("has no signature") }
        guard let algorithm = header["alg"]?.string else { throw Unreadable("names no algorithm") }
        for name in ["crit", "jwk", "jku", "x5u", "x5c"] where header.contains(name) {
            throw Unreadable("has '\(name)' in its header")
        }
        if let id = header["kid"], id.string == nil { throw Unreadable("has a kid that is no text") }
        keyID = header["kid"]?.string
        if let keyID, keyID.utf8.count > 512 { throw Unreadable("has too long a kid") }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    struct Unreadable: Error {
        let what: String
        init(_ what: String) { self.what = what }
    }

    private static func object(_ text: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decode(text) else { return nil }
        var options = JSONReadingOptions()
        options.maximumDepth = 16
        // Two readers could understand a key that stands twice differently.
        options.refusesDuplicateKeys = true
        return (try? JSON(parsing: bytes, options: options))?.object
    }
}

/// Base64 with the alphabet for URLs and without padding (RFC 4648, section 5).
enum Base64URL {
    /// - Returns: nil for any other character, and for padding.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        for unit in text.utf8 {
            switch unit {
            case UInt8(ascii: "-"): bytes.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): bytes.append(UInt8(ascii: "/"))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                bytes.append(unit)
            default: return nil
            }
        }
        guard bytes.count % 4 != 1 else { return nil }
        bytes += Array(repeating: UInt8(ascii: "="), count: (4 - bytes.count % 4) % 4)
        return Data(base64Encoded: Data(bytes)).map { Array($0) }
    }

    static func encode(_ bytes: [UInt8]) -> String {
        var text = Data(bytes).base64EncodedString()
        while text.last == "=" { text.removeLast() }
        return text.replacing("+", with: "-").replacing("/", with: "_")
    }
}

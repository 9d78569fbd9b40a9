import FoundationEssentials

/// Base64 (RFC 4648) in headers and secrets.
enum Base64 {
    /// - Returns: nil where the text is no Base64 with its padding.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        Data(base64Encoded: String(text)).map { Array($0) }
    }

    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

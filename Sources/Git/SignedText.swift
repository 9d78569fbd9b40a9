/// A commit object parted into what is signed and its signature (gitformat-signature(5)).
public struct SignedText: Hashable, Sendable {
    /// The commit without its signatures: what was signed.
    public let payload: [UInt8]
    /// The text of the header `gpgsig`, armored; nil where there is none, or more than one.
    public let signature: String?

    /// - Parameter commit: the bytes of a commit object.
    public init(parting commit: [UInt8]) {
        var payload: [UInt8] = []
        payload.reserveCapacity(commit.count)
        var signatures: [[UInt8]] = []
        // Whether the line before belongs to a header that is left out, and to which of the signatures.
        var isLeftOut = false
        var isSignature = false
        var rest = commit[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
            let line = rest[..<end]
            // An empty line ends the headers: what follows is the message, whatever it looks like.
            if line.first == 0x0A { break }
            rest = rest[end...]
            if line.first == 0x20, isLeftOut {
                if isSignature { signatures[signatures.count - 1] += line.dropFirst() }
                continue
            }
            // Git takes out the signature of the other hash too, whichever it checks.
            isSignature = line.starts(with: Self.header)
            isLeftOut = isSignature || line.starts(with: Self.otherHeader)
            if isSignature { signatures.append(Array(line.dropFirst(Self.header.count))) }
            if !isLeftOut { payload += line }
        }
        self.payload = payload + rest
        signature = signatures.count == 1 ? String(validating: signatures[0], as: UTF8.self) : nil
    }

    private static let header = Array("gpgsig ".utf8)
    private static let otherHeader = Array("gpgsig-sha256 ".utf8)
}

extension Repository {
    /// A commit parted into what is signed and its signature.
    public func signedText(of commit: ObjectID) throws(GitError) -> SignedText {
        SignedText(parting: try commitBytes(commit))
    }
}

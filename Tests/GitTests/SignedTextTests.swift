import Git
import TestSupport
import Testing

/// Parting commits into what is signed and its signature.
@Suite struct SignedTextTests {
    static let headers = "tree 1\nparent 2\nauthor A\ncommitter C\n"

    private func part(_ text: String) -> (payload: String, signature: String?) {
        let parted = SignedText(parting: Array(text.utf8))
        return (String(decoding: parted.payload, as: UTF8.self), parted.signature)
    }

    @Test func takesTheSignatureOut() {
        let signed = Self.headers + "gpgsig -----BEGIN\n AAAA\n  BBBB\n -----END\nencoding UTF-8\n\nMessage\n"
        let parted = part(signed)
        #expect(parted.payload == Self.headers + "encoding UTF-8\n\nMessage\n")
        #expect(parted.signature == "-----BEGIN\nAAAA\n BBBB\n-----END\n")
    }

    @Test(arguments: [
        headers + "\nMessage\n", headers + "\ngpgsig in the message\n", headers + "\n", headers, "",
        headers + "mergetag object 1\n gpgsig -----BEGIN\n\nMessage\n",
        headers + "gpgsignature x\n\nMessage\n",
    ])
    func leavesTheRestAsItIs(_ text: String) {
        let parted = part(text)
        #expect(parted.payload == text && parted.signature == nil)
    }

    @Test func twoSignaturesAreNone() {
        let parted = part(Self.headers + "gpgsig A\n B\ngpgsig C\n\nMessage\n")
        #expect(parted.payload == Self.headers + "\nMessage\n" && parted.signature == nil)
    }

    @Test func theOtherHashIsTakenOutToo() {
        let parted = part(Self.headers + "gpgsig-sha256 X\n Y\ngpgsig A\n B\n\nMessage\n")
        #expect(parted.payload == Self.headers + "\nMessage\n" && parted.signature == "A\nB\n")
    }

    @Test func commitsAreSignedAndStayWhole() async throws {
        let fixture = try GitFixture()
        fixture.repository.signer = { text in "-----BEGIN\n\(text.count)\n-----END" }
        let commit = try fixture.commit(["a": "1"], message: "Signed\n\nBody\n")
        let parted = try fixture.repository.signedText(of: commit)
        #expect(parted.signature == "-----BEGIN\n\(parted.payload.count)\n-----END\n")
        #expect(try fixture.repository.commit(commit).subject == "Signed")
        #expect(try await fixture.git("log", "-1", "--format=%s%b", "main") == "SignedBody")
        #expect(try await fixture.git("fsck", "--strict") == "")
        fixture.repository.signer = { _ in nil }
        #expect(throws: GitError.self) { try fixture.commit(["a": "2"]) }
    }
}

import Testing

@testable import GitHTTP

/// The commits of a push are read out of the beginning of its request.
@Suite struct PushCommandTests {
    private static let old = String(repeating: "1", count: 40)
    private static let new = String(repeating: "a", count: 40)
    private static let none = String(repeating: "0", count: 40)

    private static func packet(_ text: String) -> String {
        let length = String(text.utf8.count + 4, radix: 16)
        return String(repeating: "0", count: 4 - length.count) + length + text
    }

    private static func read(_ text: String) -> [String] {
        PushCommands.read(text.utf8).map { "\($0.reference) \($0.commit)" }
    }

    @Test func oneCommandWithCapabilities() {
        let request = Self.packet("\(Self.old) \(Self.new) refs/heads/main\0 report-status agent=git/2") + "0000PACK…"
        #expect(Self.read(request) == ["refs/heads/main \(Self.new)"])
    }

    @Test func severalAndNoDeletions() {
        let request =
            Self.packet("shallow \(Self.old)") + Self.packet("\(Self.old) \(Self.none) refs/heads/gone\0 x")
            + Self.packet("\(Self.none) \(Self.new) refs/tags/v1\n") + "0000"
        #expect(Self.read(request) == ["refs/tags/v1 \(Self.new)"])
    }

    @Test(arguments: ["", "0000", "zzzz", "00", "ffff\(PushCommandTests.old)", "0004", "0005x", "-001", "0030nonsense"])
    func nonsenseIsNone(_ request: String) { #expect(Self.read(request) == []) }
}

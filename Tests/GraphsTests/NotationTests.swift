import Testing

@testable import Graphs

@Suite struct NotationTests {
    @Test(arguments: [
        ("1.2.3", true), ("0.0.0", true), ("10.20.30-rc.1+build.5", true), ("1.0.0-alpha-a.b-c", true),
        ("1.0.0-0A.is.legal", true), ("1.0.0+001", true), ("1.0.0-x-y+a-b", true),
        ("1.2", false), ("1.2.3.4", false), ("01.2.3", false), ("1.2.3-01", false), ("1.2.3-", false),
        ("1.2.3+", false), ("1.2.3-a..b", false), ("v1.2.3", false), ("1.2.3+a+b", false), ("", false),
        ("1.2.3-é", false), ("1.-2.3", false), (" 1.2.3", false),
    ])
    func versionsAreSemantic(_ text: String, _ isValid: Bool) {
        #expect(SemanticVersion.isValid(text) == isValid)
    }

    @Test(arguments: [
        ("10Gi", true), ("1", true), ("+1.5Ti", true), (".5G", true), ("1.", true), ("1e3", true), ("1E12", true),
        ("100k", true), ("1E", true),
        ("", false), (".", false), ("-1Gi", false), ("10GB", false), ("10 Gi", false), ("1e", false), ("1e-3", false),
        ("Gi", false), ("1.2.3", false), ("0x10", false), ("1K", false),
    ])
    func sizesAreQuantities(_ text: String, _ isValid: Bool) {
        #expect(Quantity.isValid(text) == isValid)
    }
}

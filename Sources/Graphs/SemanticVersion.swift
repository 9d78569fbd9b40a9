/// Versions as semver.org writes them: `1.2.3-rc.1+build.5`.
enum SemanticVersion {
    static func isValid(_ text: String) -> Bool {
        var rest = text.utf8[...]
        var build: Substring.UTF8View?
        if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
            build = rest[rest.index(after: plus)...]
            rest = rest[..<plus]
        }
        var prerelease: Substring.UTF8View?
        if let dash = rest.firstIndex(of: UInt8(ascii: "-")) {
            prerelease = rest[rest.index(after: dash)...]
            rest = rest[..<dash]
        }
        let numbers = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return numbers.count == 3 && numbers.allSatisfy(isNumber)
            && (prerelease.map { areIdentifiers($0) { !isDigits($0) || isNumber($0) } } ?? true)
            && (build.map { areIdentifiers($0) { _ in true } } ?? true)
    }

    private static func areIdentifiers(
        _ text: Substring.UTF8View, _ isAllowed: (Substring.UTF8View) -> Bool
    ) -> Bool {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && part.allSatisfy(isIdentifier) && isAllowed(part)
        }
    }

    /// Digits without a leading zero.
    private static func isNumber(_ text: Substring.UTF8View) -> Bool {
        isDigits(text) && (text.count == 1 || text.first != UInt8(ascii: "0"))
    }

    private static func isDigits(_ text: Substring.UTF8View) -> Bool {
        !text.isEmpty && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isIdentifier(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

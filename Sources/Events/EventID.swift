/// By what a client says up to where it has been told: `4f1c09ab-17`.
///
/// The first part is that of one run of the process; numbers of another run mean nothing here.
public struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// Eight hexadecimal digits.
    public let run: String
    /// Counted from 1; 0 stands before the first event.
    public let number: UInt64

    public init(run: String, number: UInt64) {
        self.run = run
        self.number = number
    }

    /// Reads an id as ``description`` writes it; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 8, parts[0].utf8.allSatisfy(Self.isDigit),
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt64(parts[1])
        else { return nil }
        self.init(run: String(parts[0]), number: number)
    }

    public var description: String { "\(run)-\(number)" }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...102).contains(byte) }

    /// The part of a new run.
    static func newRun() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

public import Git

/// A moment as git keeps it: seconds since 1970 and the offset of the clock that it was read from.
public struct Timestamp: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// Minutes east of UTC.
    public let offsetMinutes: Int

    public init(seconds: Int64, offsetMinutes: Int = 0) {
        self.seconds = seconds
        self.offsetMinutes = offsetMinutes
    }

    /// The time in a signature.
    public init(_ signature: Signature) {
        self.init(seconds: signature.seconds, offsetMinutes: signature.offsetMinutes)
    }
}

extension Timestamp: Comparable {
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 with the offset: `2026-11-23T21:12:41+00:00`.
    public var description: String {
        let local = seconds + Int64(offsetMinutes) * 60
        let days = Int(local.floored(by: 86_400))
        let second = Int(local - Int64(days) * 86_400)
        let (year, month, day) = Self.date(ofDay: days)
        let offset = abs(offsetMinutes)
        let date = "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
        let time = "\(Self.pad(second / 3600, 2)):\(Self.pad(second / 60 % 60, 2)):\(Self.pad(second % 60, 2))"
        let zone = "\(offsetMinutes < 0 ? "-" : "+")\(Self.pad(offset / 60, 2)):\(Self.pad(offset % 60, 2))"
        return "\(date)T\(time)\(zone)"
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The date in the Gregorian calendar of a day counted from 1970-01-01, reckoned in eras of 400 years.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468  // from 0000-03-01, so that a leap day ends its year
        let era = Int(Int64(shifted).floored(by: 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    fileprivate func floored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

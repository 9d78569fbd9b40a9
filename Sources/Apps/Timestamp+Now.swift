import Glibc

extension Timestamp {
    /// The time of the machine's clock, in UTC.
    public static func now() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}

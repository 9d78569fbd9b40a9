/// How housekeeping stands.
public struct HousekeepingReport: Hashable, Sendable {
    public enum State: String, Sendable {
        /// Nothing is known yet.
        case pending
        case ok
        case running
        /// The disk is too full to write packs; it is tried again.
        case postponed
        /// The last pass failed; it is tried again, at longer and longer intervals.
        case failing
        /// There is no program `git`.
        case off
    }

    public var state = State.pending
    /// Why it is not ``State/ok``.
    public var message: String?
    /// The end of the last pass that did not fail, in seconds since 1970.
    public var lastPass: Int?
    /// What lay in the repository then.
    public var census: Census?

    public init() {}
}

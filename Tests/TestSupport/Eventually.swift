/// A condition that did not come true in time.
public struct NotInTime: Error, CustomStringConvertible {
    public let description: String

    public init(description: String) { self.description = description }
}

/// Waits until a condition holds, and looks at it often; the way of a test to wait without a fixed sleep.
///
/// - Parameters:
///   - deadline: how long it may take, far more than it ever should.
///   - what: what is waited for, for the error.
///   - condition: asked again until it answers true.
/// - Throws: ``NotInTime`` after the deadline.
public func eventually(
    within deadline: Duration = .seconds(120), _ what: String = "condition",
    _ condition: () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: deadline)
    while true {
        if try await condition() { return }
        if clock.now > end { throw NotInTime(description: "not within \(deadline): \(what)") }
        try await clock.sleep(for: .milliseconds(5))
    }
}

/// Waits until a value is there.
public func eventually<Value>(
    within deadline: Duration = .seconds(120), _ what: String = "value", value: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await eventually(within: deadline, what) {
        found = try await value()
        return found != nil
    }
    guard let found else { throw NotInTime(description: what) }
    return found
}

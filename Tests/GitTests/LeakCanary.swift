import Foundation
import Git
import Testing

/// Shows that `hack/leaks` can see a leak: skipped but where that script asks for one.
@Suite struct LeakCanary {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["RAMPART_LEAK_CANARY"] != nil))
    func leaksARepositoryOnPurpose() throws {
        let folder = try GitFixture().repository
        _ = Unmanaged.passRetained(folder)
        let forgotten = UnsafeMutablePointer<UInt64>.allocate(capacity: 4242)
        forgotten.initialize(repeating: 1, count: 4242)
        #expect(forgotten.pointee == 1)
    }
}

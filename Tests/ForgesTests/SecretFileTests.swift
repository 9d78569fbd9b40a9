import Foundation
import Logging
import Secrets
import Synchronization
import TestSupport
import Testing

@Suite struct SecretFileTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(arguments: [
        ("one", ["one"]), ("one\n", ["one"]), ("  one\t\r\n\n two three \n", ["one", "two three"]), ("ü\n", ["ü"]),
    ])
    func reads(_ text: String, _ secrets: [String]) async throws {
        let folder = try TemporaryFolder()
        let file = SecretFile(try folder.write(text, to: "secret"), logger: logger)
        #expect(try await file.secrets() == secrets.map { Secret($0) })
        #expect(try await file.secret() == Secret(secrets[0]))
    }

    @Test func saysWhatIsWrong() async throws {
        let folder = try TemporaryFolder()
        for (text, reason) in [("\n \n", "holds no secret"), (String(repeating: "x", count: 70_000), "larger than")] {
            let file = SecretFile(try folder.write(text, to: "secret"), logger: logger)
            let error = await #expect(throws: SecretFileError.self) { try await file.secrets() }
            #expect(error?.description.contains(reason) == true)
            #expect(error?.description.contains("xxx") == false)
        }
        let missing = SecretFile(folder.appending("none"), logger: logger)
        let error = await #expect(throws: SecretFileError.self) { try await missing.secrets() }
        #expect(error?.reason == "there is no such file")
    }

    @Test func isReadAgain() async throws {
        let folder = try TemporaryFolder()
        let start = ContinuousClock.now
        let time = Mutex(Duration.zero)
        let file = SecretFile(try folder.write("old", to: "secret"), logger: logger) { start + time.withLock { $0 } }
        #expect(try await file.secrets() == [Secret("old")])
        try folder.write("new\nold", to: "secret")
        time.withLock { $0 = .milliseconds(900) }
        #expect(try await file.secrets() == [Secret("old")], "it was read less than a second ago")
        time.withLock { $0 = .seconds(1) }
        #expect(try await file.secrets() == [Secret("new"), Secret("old")])
        // Missing for a moment, as a file that is replaced.
        try FileManager.default.removeItem(atPath: folder.appending("secret"))
        time.withLock { $0 = .seconds(60) }
        #expect(try await file.secret() == Secret("new"))
        time.withLock { $0 = .seconds(62) }
        await #expect(throws: SecretFileError.self) { try await file.secret() }
        #expect("\(file)".contains("secret") && !"\(Secret("x1"))".contains("x1"))
    }
}

import Foundation

/// The Python of the tests' environment, with the packages of `Tests/requirements.txt` (see `hack/setup --tests`).
public let python: String =
    ProcessInfo.processInfo.environment["RAMPART_TEST_PYTHON"]
    ?? URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".venv/bin/python").path

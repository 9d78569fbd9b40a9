import Foundation

/// The Python of the tests' environment, with the packages of `Tests/requirements.txt` (see `hack/setup --tests`).
public let python: String =
    ProcessInfo.processInfo.environment["RAMPART_TEST_PYTHON"]
    ?? URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".venv/bin/python").path

/// The Python with PyPI's `grafana-client`, whose HTTP library does not go together with those of the other tests.
public let grafanaPython: String =
    ProcessInfo.processInfo.environment["RAMPART_TEST_GRAFANA_PYTHON"]
    ?? URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".venv-grafana/bin/python").path

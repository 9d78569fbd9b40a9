import JSONValues
import Logging
import Logs
import Secrets
import Synchronization
import Testing

/// One line an entry, the same keys always, and no secret.
@Suite struct LogLineTests {
    private static let time = LogTime(milliseconds: 1_795_636_513_042)

    private static func line(_ message: String = "applied", _ metadata: Logger.Metadata = [:]) -> LogLine {
        LogLine(time: time, level: .notice, label: "rampart", message: message, metadata: metadata)
    }

    private static func text(_ line: LogLine, _ format: LogFormat) -> String {
        String(decoding: line.bytes(format), as: UTF8.self)
    }

    @Test func jsonHasTheFourFirstAndTheMetadataFlat() throws {
        let line = Self.line(
            "applied",
            [
                "version": .stringConvertible(3), "app": "vision_demo", "client": ["address": "10.0.0.7"],
                "files": ["a.yaml", "b.yaml"], "message": "not the message", "done": .stringConvertible(true),
            ])
        #expect(
            Self.text(line, .json)
                == #"{"time":"2026-11-25T19:55:13.042Z","level":"notice","label":"rampart","message":"applied","#
                + #""app":"vision_demo","client.address":"10.0.0.7","done":true,"files":["a.yaml","b.yaml"],"#
                + #""metadata.message":"not the message","version":3}"# + "\n")
    }

    @Test func textIsForPeople() {
        let line = Self.line("applied", ["app": "vision_demo", "error": "no such \"file\"", "empty": ""])
        #expect(
            Self.text(line, .text)
                == "2026-11-25T19:55:13.042Z notice rampart: applied app=vision_demo empty=\"\" "
                + "error=\"no such \\\"file\\\"\"\n")
    }

    @Test(arguments: ["a\nfake info rampart: b", "\u{1B}[31mred", "x\u{2028}y", "\u{85}z", "\u{0}"])
    func nobodyForgesALine(_ hostile: String) throws {
        for format in LogFormat.allCases {
            let bytes = Self.line(hostile, ["path": "\(hostile)"]).bytes(format)
            #expect(bytes.filter { $0 == 0x0A }.count == 1)
            #expect(!bytes.contains(0x1B) && !bytes.contains(0))
            if format == .json {
                #expect(try JSON(parsing: bytes)["path"]?.string == hostile)
            }
        }
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_001, "2000-02-29T00:00:00.001Z"),
    ])
    func timesAreRFC3339(_ milliseconds: Int64, _ text: String) {
        #expect(LogTime(milliseconds: milliseconds).description == text)
    }

    /// Each of these holds `s3cret-t0ken`, which no line may show.
    @Test(arguments: [
        Logger.MetadataValue.stringConvertible(Secret("s3cret-t0ken")), "\(Secret("s3cret-t0ken"))",
        ["\(Secret("s3cret-t0ken"))"], ["inner": .stringConvertible(Secret("s3cret-t0ken"))],
        "fatal: unable to access 'https://ada:s3cret-t0ken@forge.example.com/graphs.git/': 403",
        "see https://s3cret-t0ken-that-is-long@forge.example.com, or http://u:s3cret-t0ken@host",
        "Authorization: Bearer s3cret-t0ken", "authorization: basic s3cret-t0ken==", "sent bearer s3cret-t0ken.",
        ["headers": ["Authorization": "Bearer s3cret-t0ken"]],
    ])
    func secretsNeverShow(_ value: Logger.MetadataValue) {
        for format in LogFormat.allCases {
            let shown = Self.text(Self.line("\(value)", ["value": value]), format)
            #expect(!shown.contains("s3cret"), "\(shown)")
            #expect(shown.contains("(secret)"), "\(shown)")
        }
    }

    @Test(arguments: [
        "https://forge.example.com/a@b", "ssh://git@forge.example.com/graphs.git", "apps/vision@home",
        "http://[::1]:80/",
        "a bearer of news", "basic authentication is refused", "ünïcode://x", "://@", "Bearer", "bearer ",
    ])
    func whatIsNoSecretStays(_ text: String) throws {
        let json = try JSON(parsing: Self.line(text).bytes(.json))
        #expect(json["message"]?.string == text)
    }
}

/// What a logger with this handler writes.
@Suite struct LineLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[JSON]>([])
        var all: [JSON] { lines.withLock { $0 } }

        func logger() -> Logger {
            let output = LogOutput { bytes in
                self.lines.withLock { $0.append((try? JSON(parsing: bytes)) ?? .null) }
            }
            return Logger(label: "test") { LineLogHandler(label: $0, format: .json, output: output) }
        }
    }

    @Test func entriesHaveTheIdOfTheirRequest() throws {
        let lines = Lines()
        var logger = lines.logger()
        logger[metadataKey: "part"] = "sync"
        let id = try #require(RequestID("abc-1"))
        RequestID.$current.withValue(id) { logger.info("one", metadata: ["app": "a_b"]) }
        logger.warning("two", metadata: ["part": "other"])
        logger.debug("three")
        try #require(lines.all.count == 2)
        #expect(lines.all[0]["requestId"]?.string == "abc-1")
        #expect(lines.all[0]["part"]?.string == "sync")
        #expect(lines.all[0]["app"]?.string == "a_b")
        #expect(lines.all[0]["level"]?.string == "info")
        #expect(lines.all[1]["requestId"] == nil)
        #expect(lines.all[1]["part"]?.string == "other")
    }

    @Test func linesOfManyTasksAreWhole() async throws {
        let lines = Lines()
        let logger = lines.logger()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<50 {
                group.addTask { for _ in 0..<20 { logger.info("entry", metadata: ["task": "\(task)"]) } }
            }
        }
        #expect(lines.all.count == 1_000)
        #expect(lines.all.allSatisfy { $0["message"]?.string == "entry" })
    }
}

/// Which ids of clients are taken.
@Suite struct RequestIDTests {
    @Test(arguments: ["a", "0f8fad5b-d9cb-469f-a165-70867728950e", "Root=1-67891233/abcdef:01+x_y.z"])
    func taken(_ text: String) { #expect(RequestID(text)?.description == text) }

    @Test(arguments: ["", "a b", "a\nb", "a\"b", "é", "<script>", "a,b", String(repeating: "x", count: 129)])
    func refused(_ text: String) { #expect(RequestID(text) == nil) }

    @Test func newOnesDiffer() {
        let ids = Set((0..<1_000).map { _ in RequestID.make() })
        #expect(ids.count == 1_000)
        for id in ids { #expect(RequestID(id.description) == id) }
    }
}

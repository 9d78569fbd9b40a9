import Graphs
import JSONValues
import TestSupport
import Testing

/// Python reads and hashes as this code does.
@Suite struct PythonTests {
    /// Random values as configurations hold them, odd ones included.
    struct Generator {
        var random: Seeded

        mutating func value(_ depth: Int = 0) -> JSON {
            switch Int.random(in: 0...(depth > 4 ? 4 : 6), using: &random) {
            case 0: return [.null, true, false].randomElement(using: &random) ?? .null
            case 1:
                return .int(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random))
            case 2: return .double(double())
            case 3, 4: return .string(text())
            case 5: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth + 1) })
            default: return .object(object(depth))
            }
        }

        mutating func object(_ depth: Int = 0) -> JSONObject {
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...5, using: &random) { object[text()] = value(depth + 1) }
            return object
        }

        private mutating func double() -> Double {
            let odd: [Double] = [
                0, -0.0, 1, -1, 0.1, 1e15, 1e16, 1e17, 123_456_789_012_345_680, 1e-4, 1e-5, .leastNonzeroMagnitude,
                1.7976931348623157e308, 1e22, 2.5e-7, 9_007_199_254_740_992,
            ]
            if Bool.random(using: &random) { return odd.randomElement(using: &random) ?? 0 }
            let value = Double(bitPattern: UInt64.random(in: .min ... .max, using: &random))
            return value.isFinite ? value : 0.5
        }

        private mutating func text() -> String {
            let odd = [
                "", " ", "yes", "No", "y", "on", "null", "~", "1", "1e3", "0o7", "0x1f", "012", "1_000", "1:30",
                "2026-11-24",
                "2026-11-24T10:00:00Z", ".5", "-.inf", ".nan", "+1", "=", "<<", "-", "- a", "a: b", "a #b", "#a", "'",
                "\"",
                "%a", "@a", "`a", "*a", "&a", "!a", "|", ">", "{a}", "[a]", "a,b", "tab\tin", "line\nbreak",
                "two\nlines\n",
                "trailing\n\n", "  indented\nlines", "\r\n", "\u{7F}", "\u{85}", "\u{2028}", "ü",
                "e\u{301}", "é", "😀",
                "日本語", "\u{0}", "\u{1B}[0m", "a:", ":a", "?", "? a", "---", "...", "true ", "0.1.2", "1.2.3", "$ui",
                "/out", "a-b_c",
            ]
            if Int.random(in: 0...2, using: &random) > 0 { return odd.randomElement(using: &random) ?? "" }
            // No byte order mark: Foundation, through which Yams decodes, drops one that begins a text.
            return String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
                        Unicode.Scalar(
                            UInt32.random(in: 0...0x2FFFF, using: &random) >> UInt32.random(in: 0...11, using: &random))
                    }))
        }
    }

    @Test func hashesArePythons() async throws {
        var generator = Generator(random: Seeded(7))
        let graphs = (0..<1_500).map { _ in JSON.object(generator.object()) }
        let script = """
            import sys, json, hashlib
            for line in sys.stdin.buffer.read().split(b'\\n'):
                if line:
                    print(hashlib.md5(json.dumps(json.loads(line), sort_keys=True).encode()).hexdigest())
            """
        let input = graphs.map { $0.text() }.joined(separator: "\n")
        let output = try await Command.output(python, ["-c", script], input: input)
        let expected = output.split(separator: "\n").map(String.init)
        try #require(expected.count == graphs.count)
        for (graph, hash) in zip(graphs, expected) { #expect(Manifest.hash(ofGraph: graph) == hash, "\(graph)") }
    }

    @Test func recordedHashesAreMet() throws {
        let graph = try JSON(
            parsing: """
                {"components":{"trainer":{"type":"generic-service","chart":{"repo":"rampart-repo","name":\
                "rampart-test-component","version":"1.1.2"},"config":{"learning_rate":0.1,"epochs":3},"outputs":\
                {"output-volume-0":{"type":"volume","flow":"data","config":{"mountPath":"/out"}}}},"board":{"type":\
                "tensorboard","chart":{"repo":"rampart-repo","name":"tensorboard","version":"0.1.0"},"config":{},"inputs":\
                {"input-volume-0":{"type":"volume","flow":"data","config":{"mountPath":"/logs"}}}}},"flows":{"data":\
                {"type":"volume","config":{"size":"1G"}},"code":{"type":"repository","config":{"size":"1G","kind":"git"}}}}
                """)
        #expect(Manifest.hash(ofGraph: graph) == "48bf13371c080bcc065403e949cf84dc")
    }

    @Test func yamlReadsBackEqualHereAndInPython() async throws {
        var generator = Generator(random: Seeded(11))
        let values = (0..<600).map { _ in JSON.object(generator.object()) }
        for value in values {
            let text = YAMLWriter.text(value)
            do {
                let back = try YAMLText.value(Array(text.utf8))
                #expect(back == value, "\(value)\n\(text)")
            } catch {
                Issue.record("\(error)\n\(value)\n\(text)")
            }
        }
        let script = """
            import sys, json, yaml
            documents = json.load(sys.stdin)
            for text, value in documents:
                read = yaml.load(text, Loader=yaml.CSafeLoader if hasattr(yaml, 'CSafeLoader') else yaml.SafeLoader)
                if json.dumps(read, sort_keys=True) != json.dumps(value, sort_keys=True):
                    print(repr(text)); print(repr(read)); print(repr(value))
            """
        // PyYAML refuses NUL and some controls even when they are escaped in no way it knows; those are none of a manifest's.
        let input = JSON.array(values.map { [.string(YAMLWriter.text($0)), $0] }).text()
        #expect(try await Command.output(python, ["-c", script], input: input) == "")
    }

    @Test func theSchemaSaysWhatTheChecksSay() async throws {
        let good = try CheckTests.read(CheckTests.good).json
        var cases: [JSON] = [[good, true]]
        let beyond: Set<String> = [
            "needs what is not there", "a flow that is not there", "a flow of another type", "edge names that meet",
            "mount paths in one another", "names that meet",
        ]
        for wrong in CheckTests.table where !beyond.contains(wrong.what) {
            let text = CheckTests.good.replacing(wrong.line, with: wrong.instead, maxReplacements: 1)
            guard let json = try? YAMLText.value(Array(text.utf8)) else { continue }
            cases.append([json, false])
        }
        #expect(cases.count > 15)
        let script = """
            import sys, json, jsonschema
            data = json.load(sys.stdin)
            jsonschema.Draft202012Validator.check_schema(data['schema'])
            validator = jsonschema.Draft202012Validator(data['schema'])
            for value, expected in data['cases']:
                if validator.is_valid(value) != expected:
                    print(json.dumps(value))
            """
        let input = JSON.object(["schema": RampartGraphSchema.json, "cases": .array(cases)]).text()
        #expect(try await Command.output(python, ["-c", script], input: input) == "")
    }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = (seed &+ 1) &* 0xD1B5_4A32_D192_ED03 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

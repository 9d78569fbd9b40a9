import JSONValues
import Testing
import YAMLValues

@Suite struct YAMLDocumentTests {
    struct Text: CustomTestStringConvertible, Sendable {
        var yaml: String
        var json: String
        var testDescription: String { yaml }
    }

    @Test(arguments: [
        Text(yaml: "", json: "null"),
        Text(yaml: "# only a comment\n", json: "null"),
        Text(yaml: "---\n...\n", json: "null"),
        Text(yaml: "\u{FEFF}a: 1\n", json: #"{"a":1}"#),
        Text(yaml: "a: [1, 2.5, yes, ~, '1', \"\\u00e9\"]\n", json: #"{"a":[1,2.5,true,null,"1","é"]}"#),
        Text(
            yaml: "a: 0o17\nb: 017\nc: 0x1f\nd: 0b11\ne: 1_000\nf: -0x1\n",
            json: #"{"a":15,"b":15,"c":31,"d":3,"e":1000,"f":-1}"#),
        Text(
            yaml: "a: 2026-01-01\nb: 12:30:45\nc: nope\nd: +\ne: .\nf: tru\n",
            json: #"{"a":"2026-01-01","b":"12:30:45","c":"nope","d":"+","e":".","f":"tru"}"#),
        Text(yaml: "a: |\n  one\n  two\nb: >-\n  one\n  two\n", json: #"{"a":"one\ntwo\n","b":"one two"}"#),
        Text(
            yaml: "a: !!str 1\nb: ! 2\nc: !!float 3\nd: !!map {}\ne: !!seq []\n",
            json: #"{"a":"1","b":"2","c":3.0,"d":{},"e":[]}"#),
        Text(yaml: "a: &x {b: &y [1]}\nc: *x\nd: *y\n", json: #"{"a":{"b":[1]},"c":{"b":[1]},"d":[1]}"#),
        Text(yaml: "a: &x one\na2: &x two\nb: *x\n", json: #"{"a":"one","a2":"two","b":"two"}"#),
        Text(yaml: "&k key: 1\nother: *k\n", json: #"{"key":1,"other":"key"}"#),
        Text(
            yaml: "a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: {<<: [*x, {r: 4}]}\n",
            json: #"{"a":{"p":1,"q":2},"b":{"q":3,"p":1},"c":{"p":1,"q":2,"r":4}}"#),
        Text(yaml: "\"yes\": 1\n'2': 2\n", json: #"{"yes":1,"2":2}"#),
    ])
    func readsAsKubectlDoes(_ text: Text) throws {
        #expect(try YAMLDocument(Array(text.yaml.utf8)).json == JSON(parsing: Array(text.json.utf8)))
    }

    struct Mistake: CustomTestStringConvertible, Sendable {
        var yaml: String
        var line: Int
        var column: Int
        var message: String
        var testDescription: String { message }
    }

    @Test(arguments: [
        Mistake(yaml: "a: 1\nb: 2\na: 3\n", line: 3, column: 1, message: "the key \"a\" stands here a second time"),
        Mistake(yaml: "a: 1\n---\nb: 1\n", line: 2, column: 1, message: "a second document"),
        Mistake(yaml: "a:\n\t- 1\n", line: 2, column: 1, message: "tabs"),
        Mistake(yaml: "a: {1: 2}\n", line: 1, column: 5, message: "write \"1\" in quotes"),
        Mistake(yaml: "a: {yes: 2}\n", line: 1, column: 5, message: "write \"yes\" in quotes"),
        Mistake(yaml: "? [a]\n: 1\nb: 2\n", line: 1, column: 3, message: "a key must be a text"),
        Mistake(yaml: "a: .nan\n", line: 1, column: 4, message: "NaN"),
        Mistake(yaml: "a: -.inf\n", line: 1, column: 4, message: "infinity"),
        Mistake(yaml: "a: 9223372036854775808\n", line: 1, column: 4, message: "beyond 64 bits"),
        Mistake(yaml: "a: 1e999\n", line: 1, column: 4, message: "beyond the range"),
        Mistake(yaml: "a: *x\n", line: 1, column: 4, message: "an alias to nothing"),
        Mistake(yaml: "a: &x [*x]\n", line: 1, column: 8, message: "an alias to nothing"),
        Mistake(yaml: "a: !!binary aGk=\n", line: 1, column: 4, message: "the tag !!binary"),
        Mistake(yaml: "a: !Thing {b: 1}\n", line: 1, column: 4, message: "the tag !Thing"),
        Mistake(yaml: "a: {<<: 1}\n", line: 1, column: 9, message: "expected a mapping"),
        Mistake(yaml: "a: [1\n", line: 2, column: 1, message: "expected"),
        Mistake(yaml: "a: 1\nb: é\u{1}\n", line: 2, column: 5, message: "control characters"),
    ])
    func saysWhatIsWrongAndWhere(_ mistake: Mistake) {
        let problem = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array(mistake.yaml.utf8)) }?.list.first
        #expect(problem?.message.contains(mistake.message) == true, "\(problem?.message ?? "")")
        #expect(problem?.line == mistake.line)
        #expect(problem?.column == mistake.column)
    }

    @Test func reportsAllMistakesInOrder() {
        let text = "a: .nan\nb: {1: [x, y], c: !!set {d}}\ne: *f\ng: [\n"
        let problems = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array(text.utf8)) }?.list ?? []
        #expect(problems.map(\.path) == [["a"], ["b", "1"], ["b", "c"], ["e"], []])
        #expect(problems.map(\.line) == [1, 2, 2, 3, 5])
    }

    @Test func saysWhereATextIsNotUTF8() {
        let problem = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array("a: é\nb: ".utf8) + [0xFF, 0x0A]) }
        #expect(problem?.list.first?.message.contains("UTF-8") == true)
        #expect(problem?.list.first?.line == 2)
        #expect(problem?.list.first?.column == 4)
    }

    @Test func boundsWhatAliasesBlowUp() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            bomb +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        let problem = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array(bomb.utf8)) }?.list.first
        #expect(problem?.message.contains("aliases expanded") == true)
        #expect(problem?.line == 4)
    }

    @Test(arguments: [(90, true), (101, true), (102, false), (900, false), (1_000_000, false)])
    func boundsDepth(_ depth: Int, reads: Bool) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(((try? YAMLDocument(Array(text.utf8))) != nil) == reads)
    }

    @Test func boundsTheDepthOfKeys() {
        let text = "? " + String(repeating: "[", count: 1_000_000)
        let problem = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array(text.utf8)) }?.list.last
        #expect(problem?.message.contains("levels deep") == true)
    }

    @Test func boundsDepthThroughAliases() {
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        let text = "a: &a \(deep)\nb: \(String(repeating: "[", count: 60))*a\(String(repeating: "]", count: 60))\n"
        let problem = #expect(throws: YAMLProblems.self) { try YAMLDocument(Array(text.utf8)) }?.list.first
        #expect(problem?.message.contains("levels deep") == true)
        #expect(problem?.line == 2)
    }

    @Test(
        arguments: [
            ([], 1, 1), (["a"], 1, 1), (["a", "b"], 2, 3), (["a", "b", "1"], 2, 10), (["a", "b", "7"], 2, 3),
            (["c"], 3, 1), (["c", "b", "0"], 2, 7), (["missing"], 1, 1), (["a", "missing", "more"], 1, 1),
        ] as [([String], Int, Int)])
    func tellsWhereValuesStand(_ path: [String], _ line: Int, _ column: Int) throws {
        let places = try YAMLDocument(Array("a: &x\n  b: [é, 2]\nc: *x\n".utf8)).places()
        let place = places.place(path)
        #expect(place?.line == line)
        #expect(place?.column == column)
    }

    /// Aliases to a long text, or to many short ones, come to far more than the text that has them.
    @Test(arguments: [
        "a: &a \(String(repeating: "x", count: 5_000))\nb: [\(String(repeating: "*a, ", count: 1_000))]\n",
        "? &a \(String(repeating: "x", count: 5_000))\n: 1\nb:\n"
            + (0..<1_000).map { _ in "- {*a : 1}\n" }.joined(),
        "a: &a [\(String(repeating: "~,", count: 1_000))]\nb: [\(String(repeating: "*a, ", count: 190))]\n",
        "a: &a {x: \(String(repeating: "x", count: 5_000))}\nb: [\(String(repeating: "{<<: *a}, ", count: 1_000))]\n",
    ])
    func whatAliasesComeToIsBounded(_ yaml: String) throws {
        let error = #expect(throws: YAMLProblems.self) { _ = try YAMLDocument(Array(yaml.utf8)) }
        #expect(error?.list.last?.message.contains("bytes, aliases expanded") == true)
    }

    /// Parts that a person shares come to a few times the text.
    @Test func sharedPartsAreRead() throws {
        let shared = "shared: &shared {image: registry.example.com/team/trainer, env: {MODE: fast, LEVEL: info}}\n"
        let yaml = shared + "all:\n" + (0..<500).map { "  c\($0): {<<: *shared, id: \($0)}\n" }.joined()
        #expect(try YAMLDocument(Array(yaml.utf8)).json["all"]?["c499"]?["env"]?["MODE"] == "fast")
    }

    @Test func onlyTheFirstProblemsAreKept() throws {
        let yaml = String(repeating: "a: .nan\n", count: 10_000)
        let error = #expect(throws: YAMLProblems.self) { _ = try YAMLDocument(Array(yaml.utf8)) }
        #expect(error?.list.count == YAMLDocument.Limit.problems + 1)
        #expect(error?.list.last?.message == "and 19899 more of this kind")
    }
}

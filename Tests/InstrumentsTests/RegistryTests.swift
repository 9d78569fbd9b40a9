import Testing

@testable import Instruments

@Suite struct RegistryTests {
    private enum Fruit: String, MetricLabel, CaseIterable {
        static let name = "fruit"
        case apple
        case pear
    }

    private struct Word: MetricLabels {
        static let names = ["word", "length"]
        var word: String
        var values: [String] { [word, String(word.count)] }
    }

    private static func text(_ registry: Registry, _ format: TextFormat = .prometheus) -> String {
        String(decoding: registry.text(format), as: UTF8.self)
    }

    @Test func everyInstrumentIsWrittenAsPrometheusReadsIt() {
        let registry = Registry(prefix: "test_")
        let sales: Counters<Fruit> = registry.counters("sales_total", "Fruit sold.", beginningWith: Fruit.allCases)
        sales.add(.pear)
        sales.add(.pear, 2)
        let turns = registry.counter("turns_total", "Turns.")
        turns.add()
        registry.gauge("height_metres", "How high.").set(1.25)
        let stock = registry.gauges("stock", "What is there.", by: Fruit.self)
        stock.set(.apple, -3)
        let time = registry.histogram("time_seconds", "How long.", Buckets([0.5, 1]))
        for seconds in [0.5, 0.75, 8] { time.record(seconds) }
        time.record(Duration.milliseconds(250))
        registry.reading("sun", "Shines.", labels: ["sky"]) { [Reading(1, "blue")] }
        registry.reading("process_things", "All have it.", isPrefixed: false) { [Reading(2)] }
        #expect(
            Self.text(registry) == """
                # HELP test_sales_total Fruit sold.
                # TYPE test_sales_total counter
                test_sales_total{fruit="apple"} 0
                test_sales_total{fruit="pear"} 3
                # HELP test_turns_total Turns.
                # TYPE test_turns_total counter
                test_turns_total 1
                # HELP test_height_metres How high.
                # TYPE test_height_metres gauge
                test_height_metres 1.25
                # HELP test_stock What is there.
                # TYPE test_stock gauge
                test_stock{fruit="apple"} -3
                test_stock{fruit="pear"} 0
                # HELP test_time_seconds How long.
                # TYPE test_time_seconds histogram
                test_time_seconds_bucket{le="0.5"} 2
                test_time_seconds_bucket{le="1.0"} 3
                test_time_seconds_bucket{le="+Inf"} 4
                test_time_seconds_sum 9.5
                test_time_seconds_count 4
                # HELP test_sun Shines.
                # TYPE test_sun gauge
                test_sun{sky="blue"} 1
                # HELP process_things All have it.
                # TYPE process_things gauge
                process_things 2

                """)
    }

    @Test func openMetricsNamesCountersWithoutTotalAndEnds() {
        let registry = Registry()
        registry.counter("turns_total", "Turns \"around\".").add()
        #expect(
            Self.text(registry, .openMetrics) == """
                # HELP turns Turns \\"around\\".
                # TYPE turns counter
                turns_total 1
                # EOF

                """)
    }

    @Test func whatPeopleWriteIsEscaped() {
        let registry = Registry()
        let words: Counters<Word> = registry.counters("words_total", "A \\ and\na line.")
        words.add(Word(word: "a\"b\\c\nd"))
        #expect(
            Self.text(registry) == """
                # HELP words_total A \\\\ and\\na line.
                # TYPE words_total counter
                words_total{word="a\\"b\\\\c\\nd",length="7"} 1

                """)
    }

    @Test(
        arguments: [
            (0, "0"), (-2, "-2"), (1_700_000_000, "1700000000"), (0.1, "0.1"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (.nan, "NaN"), (1e300, "1e+300"), (9_007_199_254_740_994, "9.007199254740994e+15"),
        ] as [(Double, String)])
    func numbers(_ value: Double, _ text: String) { #expect(TextWriter.number(value) == text) }

    /// A metric has so many series and no more, whatever is put into its labels.
    @Test func seriesAreBounded() {
        let registry = Registry(limit: 10)
        let words: Counters<Word> = registry.counters("words_total", "Words.")
        let times: Histograms<Word> = registry.histograms("word_seconds", "Words.", Buckets([1]))
        for number in 0..<1_000 {
            words.add(Word(word: "word \(number)"))
            times.record(Word(word: "word \(number)"), .seconds(1))
        }
        words.add(Word(word: "word 3"))
        let lines = Self.text(registry).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 11 + 11 * 4)
        #expect(lines.contains("words_total{word=\"other\",length=\"other\"} 990"))
        #expect(lines.contains("words_total{word=\"word 3\",length=\"6\"} 2"), "what is there goes on")
        #expect(lines.contains("word_seconds_count{word=\"other\",length=\"other\"} 990"))
    }

    @Test func aNameThatComesAgainTakesThePlace() {
        let registry = Registry()
        registry.counter("turns_total", "Turns.").add()
        let second = registry.counter("turns_total", "Turns.")
        #expect(registry.names == ["turns_total"])
        #expect(registry.help("turns_total") == "Turns." && registry.help("none") == nil)
        second.add(5)
        #expect(Self.text(registry).contains("\nturns_total 5\n"))
    }

    @Test func recordingAtOnceLosesNothing() async {
        let registry = Registry()
        let counter = registry.counter("turns_total", "Turns.")
        let counters: Counters<Fruit> = registry.counters("sales_total", "Sales.")
        let times = registry.histogram("time_seconds", "Time.", .quick)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for number in 0..<1_000 {
                        counter.add()
                        counters.add(number % 2 == 0 ? .apple : .pear)
                        times.record(Double(number) / 1_000)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(counters.value(.apple) == 4_000 && counters.value(.pear) == 4_000)
        #expect(times.count == 8_000)
        #expect(abs(times.sum - 8 * 499.5) < 0.001)
    }

    @Test(
        arguments: [
            (nil, TextFormat.prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
            ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5", .openMetrics),
            ("text/plain, application/openmetrics-text; version=1.0.0; q=0", .prometheus),
        ] as [(String?, TextFormat)])
    func formats(_ accept: String?, _ format: TextFormat) { #expect(TextFormat(accepting: accept) == format) }
}

@Suite struct ProcessReadingTests {
    @Test func aLineOfTheKernelIsRead() throws {
        let line =
            "42 (a ) b) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 0 0 20 0 7 0 12345 1048576 256 18446744073709551615 1"
        let stat = try #require(ProcessReadings.Stat(line))
        #expect(stat.userTicks == 150 && stat.systemTicks == 50 && stat.threads == 7 && stat.startTicks == 12345)
        #expect(stat.virtualBytes == 1_048_576 && stat.residentPages == 256)
        #expect(ProcessReadings.Stat("42 (a) S 1") == nil && ProcessReadings.Stat("") == nil)
    }

    @Test func thisProcessIsMeasured() {
        let registry = Registry(prefix: "x_")
        ProcessReadings.register(in: registry)
        let text = String(decoding: registry.text(), as: UTF8.self)
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_virtual_memory_bytes",
            "process_threads", "process_start_time_seconds", "process_open_fds", "process_max_fds",
        ] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            let value = line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0
            #expect(value > 0, "\(name)")
        }
    }
}

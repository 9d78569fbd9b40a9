import NIOCore
import Testing

@testable import Kubernetes

@Suite struct LineSplitterTests {
    private func lines(_ splitter: inout LineSplitter) -> [String] {
        var lines: [String] = []
        while let line = splitter.next() { lines.append(String(buffer: line)) }
        return lines
    }

    @Test func everySplitOfEveryStreamGivesTheSameLines() {
        let text = Array("{\"a\":\"é\"}\n\r\n{\"b\":1}\r\n\n{\"c\":[\"\u{1F600}\"]}\n".utf8)
        let expected = ["{\"a\":\"é\"}", "{\"b\":1}\r", "{\"c\":[\"\u{1F600}\"]}"]
        for first in 0...text.count {
            for second in first...text.count {
                var splitter = LineSplitter()
                var found: [String] = []
                for part in [text[..<first], text[first..<second], text[second...]] {
                    splitter.append(ByteBuffer(bytes: part))
                    found += lines(&splitter)
                }
                #expect(found == expected)
                #expect(splitter.pending == 0)
            }
        }
    }

    @Test func oneByteAtATime() {
        var splitter = LineSplitter()
        var found: [String] = []
        for byte in "one\ntwo\nthree".utf8 {
            splitter.append(ByteBuffer(bytes: [byte]))
            found += lines(&splitter)
        }
        #expect(found == ["one", "two"])
        #expect(splitter.pending == 5)
    }

    @Test func manyLinesInOneChunk() {
        var splitter = LineSplitter()
        splitter.append(ByteBuffer(string: (0..<1_000).map { "line \($0)\n" }.joined()))
        #expect(lines(&splitter).count == 1_000)
    }
}

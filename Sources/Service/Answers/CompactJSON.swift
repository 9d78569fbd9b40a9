/// Finds a member in compact JSON text without reading the rest: graphs are passed on as they are kept.
enum CompactJSON {
    /// The place of the value at the end of a chain of keys, in text that is known to be JSON without white space.
    ///
    /// - Returns: nil where there is none. Keys that the text writes with escapes are not found.
    static func range(of keys: [StaticString], in text: [UInt8]) -> Range<Int>? {
        text.withUnsafeBufferPointer { bytes in
            var scanner = Scanner(bytes: bytes)
            for key in keys where !scanner.enter(key) { return nil }
            let start = scanner.index
            scanner.skipValue()
            return start..<scanner.index
        }
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        var index = 0

        private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

        /// Goes to the value of an object's member.
        mutating func enter(_ key: StaticString) -> Bool {
            guard current == UInt8(ascii: "{") else { return false }
            index += 1
            while current == UInt8(ascii: "\"") {
                let start = index + 1
                skipString()
                let isIt =
                    index - 1 - start == key.utf8CodeUnitCount
                    && bytes[start..<(index - 1)].elementsEqual(
                        UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
                index += 1  // the colon
                if isIt { return true }
                skipValue()
                guard current == UInt8(ascii: ",") else { return false }
                index += 1
            }
            return false
        }

        mutating func skipValue() {
            var depth = 0
            while let byte = current {
                switch byte {
                case UInt8(ascii: "\""):
                    skipString()
                    if depth == 0 { return }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    index += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return }
                    depth -= 1
                    index += 1
                    if depth == 0 { return }
                case UInt8(ascii: ","):
                    if depth == 0 { return }
                    index += 1
                default:
                    index += 1
                }
            }
        }

        private mutating func skipString() {
            index += 1
            while let byte = current, byte != UInt8(ascii: "\"") {
                index += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            index += 1
        }
    }
}

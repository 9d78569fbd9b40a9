import JSONValues

/// Stands for the content of a `spec` while this process runs: equal contents have equal digests.
///
/// `1.0` and `1` are the same number, since the API server turns one into the other, and `deploy: true` says what its
/// absence says. Swift's `Hasher` is keyed with a number that nobody outside knows, and needs neither a text nor an
/// order of keys, as a digest that could be kept would.
struct SpecDigest: Hashable, Sendable {
    private let value: Int

    init(_ spec: JSON?) {
        var spec = spec ?? .null
        if spec["deploy"]?.bool == true { spec["deploy"] = nil }
        var hasher = Hasher()
        Self.add(spec, to: &hasher)
        value = hasher.finalize()
    }

    private static func add(_ value: JSON, to hasher: inout Hasher) {
        switch value {
        case .null: hasher.combine(0 as UInt8)
        case .bool(let value): hasher.combine(value ? 1 : 2 as UInt8)
        case .int(let number): add(number, to: &hasher)
        case .double(let number):
            if let whole = Int64(exactly: number) {
                add(whole, to: &hasher)
            } else {
                hasher.combine(4 as UInt8)
                hasher.combine(number)
            }
        case .string(let text): add(text, to: &hasher)
        case .array(let values):
            hasher.combine(6 as UInt8)
            hasher.combine(values.count)
            for value in values { add(value, to: &hasher) }
        case .object(let object):
            // A sum of the members' own hashes, since their order says nothing.
            var sum = 0
            for (key, value) in object {
                var member = Hasher()
                add(key, to: &member)
                add(value, to: &member)
                sum &+= member.finalize()
            }
            hasher.combine(7 as UInt8)
            hasher.combine(object.count)
            hasher.combine(sum)
        }
    }

    private static func add(_ number: Int64, to hasher: inout Hasher) {
        hasher.combine(3 as UInt8)
        hasher.combine(number)
    }

    private static func add(_ text: String, to hasher: inout Hasher) {
        var text = text
        hasher.combine(5 as UInt8)
        text.withUTF8 { units in
            hasher.combine(units.count)
            hasher.combine(bytes: UnsafeRawBufferPointer(units))
        }
    }
}

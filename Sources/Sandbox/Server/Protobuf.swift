import JSONValues

/// As much of Kubernetes' protobuf form as `kubectl create namespace` sends: kind, and the metadata's name and labels.
enum Protobuf {
    static func object(_ bytes: [UInt8]) throws(StatusError) -> JSON {
        guard bytes.starts(with: [0x6B, 0x38, 0x73, 0x00]) else { throw unreadable }
        let unknown = try fields(bytes.dropFirst(4))
        let type = try fields(unknown[1]?.first ?? [])
        let object = try fields(unknown[2]?.first ?? [])
        let metadata = try fields(object[1]?.first ?? [])
        var labels: JSON = [:]
        for entry in metadata[11] ?? [] {
            let pair = try fields(entry)
            labels[text(pair[1]?.first)] = .string(text(pair[2]?.first))
        }
        var meta: JSON = ["name": .string(text(metadata[1]?.first))]
        if labels.object?.isEmpty == false { meta["labels"] = labels }
        return [
            "apiVersion": .string(text(type[1]?.first)), "kind": .string(text(type[2]?.first)), "metadata": meta,
        ]
    }

    private static let unreadable = StatusError.badRequest("the protobuf object cannot be read")

    private static func text(_ bytes: ArraySlice<UInt8>?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    /// The length-delimited fields of a message by their number; numbers are passed over.
    private static func fields(_ bytes: ArraySlice<UInt8>) throws(StatusError) -> [Int: [ArraySlice<UInt8>]] {
        var found: [Int: [ArraySlice<UInt8>]] = [:]
        var rest = bytes
        while !rest.isEmpty {
            let tag = try varint(&rest)
            switch tag & 7 {
            case 0: _ = try varint(&rest)
            case 1: rest = rest.dropFirst(8)
            case 5: rest = rest.dropFirst(4)
            case 2:
                let length = try varint(&rest)
                guard length <= rest.count else { throw unreadable }
                found[tag >> 3, default: []].append(rest.prefix(length))
                rest = rest.dropFirst(length)
            default: throw unreadable
            }
        }
        return found
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) throws(StatusError) -> Int {
        var value = 0
        var shift = 0
        while let byte = bytes.popFirst(), shift < 63 {
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        throw unreadable
    }
}

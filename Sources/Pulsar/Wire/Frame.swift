package import NIOCore
import SwiftProtobuf

/// One frame of Pulsar's binary protocol: a command, and for `SEND` and `MESSAGE` what is sent.
///
/// On the wire, all sizes and the checksum as 32 bits, big-endian:
/// ```
/// size │ command size │ command                                                        any command
///      │              │         │ 0x0E01 │ CRC-32C of the rest │ metadata size │ metadata │ payload     SEND, MESSAGE
/// ```
/// Magic number and checksum may be missing, as they are from old clients.
package struct Frame: Sendable {
    /// The command; without a type where it is one that this client does not know.
    package var command: WireBaseCommand
    /// What is sent.
    package var content: Content?

    package init(_ command: WireBaseCommand, content: Content? = nil) {
        self.command = command
        self.content = content
    }

    /// What follows the command of a `SEND` or a `MESSAGE`.
    package enum Content: Sendable {
        case message(metadata: WireMessageMetadata, payload: ByteBuffer)
        /// Something else has arrived than was sent: the checksum differs, or the metadata cannot be read.
        case damaged(String)
    }

    static let magic: UInt16 = 0x0E01

    /// Reads a frame without the size before it. Never traps, whatever the bytes are.
    ///
    /// - Throws: ``FrameError`` where no command can be read.
    package init(parsing bytes: ByteBuffer) throws(FrameError) {
        var bytes = bytes
        guard let size = bytes.readInteger(as: UInt32.self), let command = bytes.readSlice(length: Int(size)) else {
            throw FrameError("a command is longer than its frame")
        }
        self.command = try Self.message(command, "a command")
        switch self.command.hasType ? self.command.type : nil {
        case .send, .message: content = Content(parsing: bytes)
        default: content = nil
        }
    }

    /// Writes the frame, the size before it included.
    ///
    /// - Throws: where a field that the protocol requires is not set, or a damaged message is to be sent.
    package func write(into out: inout ByteBuffer) throws {
        let command = try self.command.serializedData()
        var rest = ByteBuffer()
        if case .message(let metadata, let payload) = content {
            let metadata = try metadata.serializedData()
            rest.writeInteger(UInt32(metadata.count))
            rest.writeBytes(metadata)
            rest.writeImmutableBuffer(payload)
        } else if case .damaged(let why) = content {
            throw FrameError("a damaged message is not sent: \(why)")
        }
        let overhead = content == nil ? 0 : 6
        out.writeInteger(UInt32(4 + command.count + overhead + rest.readableBytes))
        out.writeInteger(UInt32(command.count))
        out.writeBytes(command)
        guard content != nil else { return }
        out.writeInteger(Self.magic)
        out.writeInteger(CRC32C.checksum(rest))
        out.writeImmutableBuffer(rest)
    }

    /// Reads a message of the protocol's. Fields that are required but missing keep their defaults: what is unknown
    /// here, like a newer kind of command, looks like that.
    fileprivate static func message<M: SwiftProtobuf.Message>(
        _ bytes: ByteBuffer, _ what: String
    ) throws(FrameError) -> M {
        do {
            return try M(serializedBytes: Array(bytes.readableBytesView), partial: true)
        } catch {
            throw FrameError("\(what) cannot be read")
        }
    }
}

extension Frame.Content {
    /// Reads what follows a command.
    init(parsing bytes: ByteBuffer) {
        var bytes = bytes
        if bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == Frame.magic {
            bytes.moveReaderIndex(forwardBy: 2)
            guard let checksum = bytes.readInteger(as: UInt32.self), checksum == CRC32C.checksum(bytes) else {
                self = .damaged("its checksum is wrong")
                return
            }
        }
        guard let size = bytes.readInteger(as: UInt32.self), let metadata = bytes.readSlice(length: Int(size)),
            let metadata = try? Frame.message(metadata, "metadata") as WireMessageMetadata
        else {
            self = .damaged("its metadata cannot be read")
            return
        }
        self = .message(metadata: metadata, payload: bytes)
    }
}

/// Bytes that are no frame of the protocol. The connection they came over cannot be read any further.
package struct FrameError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

import Foundation
import URLText

@testable import Flows

/// Paths that requests name in a flow.
///
/// The flow holds links that lead out, in every form; beside the flow lies a file that nobody may read. Whatever is asked
/// for, its content never comes.
enum PathTarget {
    private static let secret = "nobody may read this"

    private static let root: FlowRoot = {
        let files = FileManager.default
        let base = NSTemporaryDirectory() + "rampart-fuzz-flows-\(getpid())"
        do {
            try files.createDirectory(atPath: base + "/root/flow/folder", withIntermediateDirectories: true)
            try Data(secret.utf8).write(to: URL(fileURLWithPath: base + "/secret"))
            try Data(secret.utf8).write(to: URL(fileURLWithPath: base + "/root/secret"))
            try Data("inside".utf8).write(to: URL(fileURLWithPath: base + "/root/flow/a"))
            for (name, target) in [
                ("b", "a"), ("c", "../secret"), ("d", "../../secret"), ("e", base + "/secret"), ("f", ".."), ("g", "g"),
                ("folder/h", "../../../secret"), ("folder/i", "../c"), ("j", "folder/../../secret"),
            ] {
                try files.createSymbolicLink(atPath: base + "/root/flow/" + name, withDestinationPath: target)
            }
            return try FlowRoot(base + "/root")
        } catch {
            fatalError("\(error)")
        }
    }()

    @Sendable static func run(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let text = parts.map { String(decoding: $0, as: UTF8.self) }
        guard let name = PercentEncoding.decode(Substring(text[0])),
            let path = PercentEncoding.decode(Substring(text.count > 1 ? text[1] : text[0]))
        else { return }
        for flow in [name, "flow"] {
            guard let folder = try? root.flow(flow), let path = try? FlowPath(path) else { continue }
            demand(flow == "flow", "another folder than the flow's: \(flow)")
            for entry in (try? folder.entries(path)) ?? [] {
                demand(entry.name != "secret", "a folder outside of the flow: \(path.text)")
            }
            guard let file = try? folder.file(path) else { continue }
            var buffer = [UInt8](repeating: 0, count: 64)
            let count = pread(file.descriptor.number, &buffer, buffer.count, 0)
            demand(
                String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) != secret,
                "a file outside of the flow: \(path.text)")
        }
    }
}

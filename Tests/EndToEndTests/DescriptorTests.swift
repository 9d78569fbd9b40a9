import Foundation
import Glibc
import TestSupport
import Testing

/// Descriptors under the limit that shells and systemd set, and under one that cannot be raised.
@Suite struct DescriptorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// - Parameter limit: what the shell sets before it becomes the service.
    private func run(
        under limit: String, _ body: @Sendable @escaping (RunningService) async throws -> Void
    ) async throws {
        let wrapper = ["/bin/sh", "-c", "\(limit); exec \"$0\" \"$@\""]
        try await RunningService.with(data: folder.appending("data"), through: wrapper, body)
    }

    /// The soft limit of a process, as the kernel knows it.
    private static func limit(of service: RunningService) throws -> Int? {
        let limits = try String(contentsOfFile: "/proc/\(service.processIdentifier)/limits", encoding: .utf8)
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line.flatMap { $0.split(separator: " ").dropFirst(3).first }.flatMap { Int($0) }
    }

    /// Connects without sending anything.
    private static func connect(to port: UInt16, from address: String) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        func call(_ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
            var name = sockaddr_in()
            (name.sin_family, name.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
            inet_pton(AF_INET, address, &name.sin_addr)
            return withUnsafeBytes(of: &name) {
                body($0.assumingMemoryBound(to: sockaddr.self).baseAddress!, socklen_t($0.count))
            }
        }
        #expect(call(address, 0) { bind(descriptor, $0, $1) } == 0)
        #expect(call("127.0.0.1", port) { Glibc.connect(descriptor, $0, $1) } == 0)
        return descriptor
    }

    @Test func theSoftLimitIsRaised() async throws {
        try await run(under: "ulimit -S -n 256; ulimit -H -n 10000") { service in
            let limit = try Self.limit(of: service)
            #expect(limit == 10_000)
        }
        let log = String(decoding: try folder.read("data.log"), as: UTF8.self)
        #expect(!log.contains("takes fewer connections"))
    }

    /// Two addresses that connect as often as there are descriptors leave some to probes, to files and to git.
    @Test func whoeverConnectsLeavesDescriptorsToOthers() async throws {
        try await run(under: "ulimit -n 300") { [folder] service in
            let port = try #require(URL(string: service.api)?.port.flatMap(UInt16.init(exactly:)))
            let held = (0..<300).map { Self.connect(to: port, from: $0 < 150 ? "127.0.0.2" : "127.0.0.3") }
            defer { for descriptor in held { close(descriptor) } }
            #expect(try await service.request("GET", "/healthz").status == 200)
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 1))
            #expect(made.status == 201)
            try await Command.git("clone", "--quiet", "\(service.origin)/git/graphs.git", "work", in: folder.path)
        }
        let log = String(decoding: try folder.read("data.log"), as: UTF8.self)
        #expect(log.contains("takes fewer connections"))
    }
}

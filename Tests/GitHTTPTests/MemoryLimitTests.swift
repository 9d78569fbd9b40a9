import AsyncHTTPClient
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import GitHTTP

/// All that runs at once fits into what the service may take.
@Suite struct MemoryLimitTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The limits of what people install.
    @Test(
        arguments: [
            ("examples/kubernetes/base/deployment.yaml", "limits: {memory: ", "Mi}"),
            ("examples/systemd/rampart.service", "\nMemoryMax=", "M\n"),
        ])
    func theExamplesHaveRoomForFourPlaces(_ file: String, _ before: String, _ after: String) throws {
        let text = try String(contentsOfFile: "\(Self.root)/\(file)", encoding: .utf8)
        let start = try #require(text.range(of: before)).upperBound
        let end = try #require(text[start...].range(of: after)).lowerBound
        let limit = try #require(Int(text[start..<end])) << 20
        let options = GitHTTPOptions(repository: "/data/graphs.git")
        let fitted = options.fitted(to: limit)
        #expect(fitted.processes == 4 && fitted.processesOfOne == 2)
        let all = fitted.processes + GitHTTPOptions.processesElsewhere
        #expect(limit >= all * options.memory + GitHTTPOptions.memoryOfService)
    }

    @Test(
        arguments: [
            (nil, 8, 4), (1 << 40, 8, 4), (5_632, 8, 4), (5_631, 7, 3), (3_584, 4, 2), (2_560, 2, 1), (1_024, 1, 1),
            (0, 1, 1),
        ])
    func lessMemoryIsFewerPlaces(_ mebibytes: Int?, _ processes: Int, _ ofOne: Int) {
        let options = GitHTTPOptions(repository: "/data/graphs.git").fitted(to: mebibytes.map { $0 << 20 })
        #expect(options.processes == processes && options.processesOfOne == ofOne)
    }

    /// A service of systemd, a container that sees its own group as the root, one that sees the machine's path, the old form.
    @Test(
        arguments: [
            ("0::/system.slice/rampart.service\n", 1_000), ("0::/\n", 3_000), ("0::/kubepods/pod1/abc\n", 3_000),
            ("4:cpu,cpuacct:/\n3:memory:/docker/abc\n0::/elsewhere\n", 2_000), ("3:memory:/\n", nil), ("", nil),
            ("nonsense\n", nil),
        ])
    func theLeastLimitOfAllGroupsCounts(_ groups: String, _ limit: Int?) throws {
        let folder = try TemporaryFolder()
        try folder.write("1000\n", to: "system.slice/memory.max")
        try folder.write("max\n", to: "system.slice/rampart.service/memory.max")
        try folder.write(groups.contains("memory") ? "max\n" : "3000\n", to: "memory.max")
        try folder.write("2000\n", to: "memory/docker/memory.limit_in_bytes")
        try folder.write("9000\n", to: "memory/docker/abc/memory.limit_in_bytes")
        #expect(MemoryLimit.limit(groups: groups, root: folder.path) == limit)
    }

    /// A clone is bounded too, and where memory ends it is git that the kernel takes.
    @Test(arguments: ["git-upload-pack", "git-receive-pack"]) func eachGitIsBounded(_ service: String) async throws {
        let folder = try TemporaryFolder()
        let script = "printf 'Content-Type: a/b\\n\\n'\nulimit -S -d\ncat /proc/self/oom_score_adj"
        let program = try GitServer.program(script, in: folder)
        try await GitServer.run {
            $0.program = program
            $0.memory = 96 << 20
        } _: { server in
            let answer = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "\(server.url)/info/refs?service=\(service)"), timeout: .seconds(120))
            let body = try await answer.body.collect(upTo: 1 << 10)
            #expect(String(buffer: body) == "\(96 << 10)\n1000\n")
        }
    }

    /// Each thread of git counts with its whole stack, and large machines would have it start twenty.
    @Test func gitTakesNoMoreMemoryOnLargeMachines() {
        var pusher = Pusher(user: "ada", name: "Ada", email: "ada@example.com", largestPack: 64 << 20)
        let limited = BackendEnvironment.settings(pusher)
        pusher.largestPack = nil
        let unlimited = BackendEnvironment.settings(pusher)
        for settings in [limited, unlimited] {
            #expect(settings.contains { $0.key == "pack.threads" && $0.value == "1" })
        }
        #expect(limited.contains { $0.key == "receive.maxInputSize" && $0.value == "67108864" })
        #expect(!unlimited.contains { $0.key == "receive.maxInputSize" })
    }
}

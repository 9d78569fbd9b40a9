import Foundation
import Glibc
import JSONValues
import TestSupport
import Testing

@testable import Flows

/// What can be read of a flow's folder, and what cannot, whatever lies in it.
@Suite struct FilesTests {
    private let beside = try! FlowsBeside()

    init() throws {
        try beside.folder.write("alpha\nbeta\n", to: "flows/data/notes.txt")
        try beside.folder.write("{\"a\": 1}\n", to: "flows/data/models/config.json")
        try beside.folder.write("inner", to: "flows/data/models/v1/weights.bin")
        try beside.folder.write("other flow", to: "flows/secret/key.txt")
        try beside.folder.write("outside", to: "outside.txt")
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: beside.folder.appending("flows/data/\(name)"), withDestinationPath: target)
    }

    @Test func listsFoldersByName() async throws {
        try await beside.run { beside async throws in
            let root = try await beside.get("data/directory?path=/")
            #expect(root.json["path"] == [] && root.names == ["models/", "notes.txt"])
            let below = try await beside.get("data/directory?path=models/")
            #expect(below.json["path"] == ["models"])
            #expect(below.json["contents"]?.array?.first?["path"] == ["models"])
            #expect(below.names == ["config.json", "v1/"])
            #expect(try await beside.get("data/directory?path=.//./models//v1").names == ["weights.bin"])
        }
    }

    @Test(arguments: [
        ("data/directory?path=nope", 404), ("data/directory?path=notes.txt", 400), ("data/directory", 422),
        ("nope/directory?path=/", 404), ("data/file?path=models", 400), ("data/file?path=nope", 404),
        ("data/file?path=notes.txt/x", 404), ("data/file?path=", 400), ("data/file", 422),
        ("data/other?path=/", 404), ("data/directory/x?path=/", 404), ("data/file?path=%ff", 400),
    ])
    func saysWhatIsWrong(_ path: String, _ status: Int) async throws {
        try await beside.run { beside async throws in
            let answer = try await beside.get(path)
            #expect(answer.status == status && answer.json["detail"] != nil, "\(answer.text)")
        }
    }

    /// Each way out of a flow that paths have.
    @Test(arguments: [
        "../outside.txt", "..", "models/../../secret/key.txt", "%2e%2e/secret/key.txt", "..%2fsecret%2fkey.txt",
        "/etc/passwd", "//etc/passwd", "notes.txt%00.png", "models/../notes.txt", "%252e%252e/secret/key.txt",
        "..%5c..%5coutside.txt", "data/../../outside.txt",
    ])
    func noPathLeadsOut(_ path: String) async throws {
        try await beside.run { beside async throws in
            for kind in ["file", "directory"] {
                let answer = try await beside.get("data/\(kind)?path=\(path)")
                #expect([400, 404].contains(answer.status), "\(kind): \(answer.text)")
            }
        }
    }

    @Test(arguments: ["..", "%2e%2e", ".", "%2e", "", "%2f", "secret%2f..", "..%2f..%2fetc", "data%00"])
    func noFlowIsElsewhere(_ flow: String) async throws {
        try await beside.run { beside async throws in
            #expect(try await beside.get("\(flow)/directory?path=/").status == 404)
        }
    }

    /// Links that stay in the flow are followed; no other is, at any depth.
    @Test func linksDoNotLeadOut() async throws {
        try link("inside", to: "models/v1")
        try link("models/v1/up", to: "../../notes.txt")
        let out = [
            "absolute": "/etc", "relative": "../secret", "file": "../secret/key.txt", "twice": "relative",
            "out-and-in": "../data/notes.txt", "loop": "loop", "root": "/", "proc": "/proc/self/root",
            "models/v1/deep": "../../../secret",
        ]
        for (name, target) in out { try link(name, to: target) }
        try await beside.run { beside async throws in
            #expect(try await beside.get("data/file?path=inside/weights.bin").text == "inner")
            #expect(try await beside.get("data/file?path=inside/up").text == "alpha\nbeta\n")
            #expect(try await beside.get("data/directory?path=/").names == ["inside/", "models/", "notes.txt"])
            for name in out.keys {
                for tail in ["", "/key.txt", "/passwd", "/secret/key.txt"] {
                    for kind in ["file", "directory"] {
                        let answer = try await beside.get("data/\(kind)?path=\(name)\(tail)")
                        #expect([400, 404].contains(answer.status), "\(kind) \(name)\(tail): \(answer.text)")
                    }
                }
            }
        }
        // A link in the place of a flow.
        try FileManager.default.createSymbolicLink(
            atPath: beside.folder.appending("flows/alias"), withDestinationPath: "data")
        try await beside.run { beside async throws in
            #expect(try await beside.get("alias/directory?path=/").status == 404)
        }
    }

    /// A folder that turns into a link between any two looks is no way out either.
    @Test func aRaceDoesNotLeadOut() async throws {
        let place = beside.folder.appending("flows/data/turning")
        let (folder, symlink) = (place + ".folder", place + ".link")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/key.txt"))
        try FileManager.default.createSymbolicLink(atPath: symlink, withDestinationPath: "../secret")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let turning = Thread {
            // RENAME_EXCHANGE: at no time is there nothing.
            while !Thread.current.isCancelled {
                rename(folder, place)
                rename(place, folder)
                rename(symlink, place)
                rename(place, symlink)
            }
        }
        turning.start()
        defer { turning.cancel() }
        let root = try FlowRoot(beside.folder.appending("flows"))
        var found = 0
        for _ in 0..<20_000 {
            guard let file = try? root.flow("data").file(FlowPath("turning/key.txt")) else { continue }
            var bytes = [UInt8](repeating: 0, count: 32)
            let count = read(file.descriptor.number, &bytes, bytes.count)
            #expect(Array(bytes.prefix(max(0, count))) == Array("mine".utf8))
            found += 1
        }
        #expect(found > 0)
    }

    @Test func pipesAndDevicesAreNoFiles() async throws {
        #expect(mkfifo(beside.folder.appending("flows/data/pipe"), 0o644) == 0)
        try await beside.run { beside async throws in
            #expect(try await beside.get("data/file?path=pipe").status == 400)
            #expect(try await beside.get("data/directory?path=/").names == ["models/", "notes.txt"])
        }
    }

    @Test(arguments: [
        ("notes.txt", "text/plain; charset=utf-8"), ("models/config.json", "application/json"),
        ("models/v1/weights.bin", "application/octet-stream"),
    ])
    func saysWhatAFileIs(_ path: String, _ type: String) async throws {
        try await beside.run { beside async throws in
            let answer = try await beside.get("data/file?path=\(path)")
            #expect(answer.status == 200 && answer.headers["content-type"] == type)
            #expect(answer.headers["accept-ranges"] == "bytes" && answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["last-modified"]?.hasSuffix(" GMT") == true)
            let tag = try #require(answer.headers["etag"])
            let again = try await beside.get("data/file?path=\(path)", headers: ["If-None-Match": tag])
            #expect(again.status == 304 && again.bytes.isEmpty)
            let since = try #require(answer.headers["last-modified"])
            #expect(
                try await beside.get("data/file?path=\(path)", headers: ["If-Modified-Since": since]).status == 304)
            let head = try await beside.get("data/file?path=\(path)", method: "HEAD")
            #expect(head.status == 200 && head.bytes.isEmpty && head.headers["etag"] == tag)
        }
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "alph", "bytes 0-3/11"), ("bytes=6-", 206, "beta\n", "bytes 6-10/11"),
            ("bytes=-2", 206, "a\n", "bytes 9-10/11"), ("bytes=4-100", 206, "a\nbeta\n", "bytes 4-10/11"),
            ("bytes=-100", 206, "alpha\nbeta\n", "bytes 0-10/11"), ("bytes=11-", 416, nil, "bytes */11"),
            ("bytes=-0", 416, nil, "bytes */11"), ("bytes=3-1", 200, "alpha\nbeta\n", nil),
            ("bytes=0-1,3-4", 200, "alpha\nbeta\n", nil), ("lines=0-1", 200, "alpha\nbeta\n", nil),
            ("bytes=x-1", 200, "alpha\nbeta\n", nil), ("bytes=99999999999999999999-", 416, nil, "bytes */11"),
        ] as [(String, Int, String?, String?)])
    func sendsRanges(_ range: String, _ status: Int, _ text: String?, _ place: String?) async throws {
        try await beside.run { beside async throws in
            let answer = try await beside.get("data/file?path=notes.txt", headers: ["Range": range])
            #expect(answer.status == status && answer.headers["content-range"] == place)
            if let text { #expect(answer.text == text) }
        }
    }

    @Test func aRangeOfAnotherFileIsTheWholeFile() async throws {
        try await beside.run { beside async throws in
            let headers = ["Range": "bytes=0-3", "If-Range": "\"another\""]
            #expect(try await beside.get("data/file?path=notes.txt", headers: headers).status == 200)
            let tag = try await beside.get("data/file?path=notes.txt").headers["etag"] ?? ""
            let same = ["Range": "bytes=0-3", "If-Range": tag]
            #expect(try await beside.get("data/file?path=notes.txt", headers: same).status == 206)
        }
    }

    @Test func largeFilesComeWhole() async throws {
        let bytes = (0..<(3 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Data(bytes).write(to: URL(fileURLWithPath: beside.folder.appending("flows/data/large")))
        try await beside.run { beside async throws in
            #expect(try await beside.get("data/file?path=large").bytes == bytes)
            let part = try await beside.get("data/file?path=large", headers: ["Range": "bytes=524287-2000000"])
            #expect(part.bytes == Array(bytes[524_287...2_000_000]))
        }
    }

    @Test func onlyReads() async throws {
        try await beside.run { beside async throws in
            for method in ["POST", "PUT", "DELETE", "PATCH"] {
                let answer = try await beside.get("data/file?path=notes.txt", method: method)
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
            }
            #expect(try await beside.get("data/file?path=notes.txt").text == "alpha\nbeta\n")
        }
    }

    @Test func datesReadBack() {
        #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        for seconds in [0, 784_111_777, 1_763_930_714, 4_102_444_800] {
            #expect(HTTPDate.seconds(HTTPDate.text(seconds)) == seconds)
        }
        #expect(HTTPDate.seconds("yesterday") == nil)
    }
}

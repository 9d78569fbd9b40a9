import Foundation
import Git
import Remotes
import TestSupport
import Testing

/// Each way in which a remote fails has its own word.
@Suite struct FailureTests {
    @Test func nobodyThere() async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        let gone = GitRemote(try RemoteURL("https://127.0.3.1:\(try freePort())/x.git"))
        // Other servers of tests are on 127.0.0.1.
        await expect(.unreachable) { _ = try await gone.branches(patience: .test) }
        await expect(.unreachable) {
            try await gone.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
        }
        let missing = GitRemote(try RemoteURL(pair.folder.appending("missing.git")))
        await expect(.notFound) { _ = try await missing.branches(patience: .test) }
        await expect(.notFound) {
            try await missing.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
        }
        var access = RemoteAccess()
        access.sshKeyFile = try pair.folder.write("", to: "key")
        access.sshKnownHostsFile = access.sshKeyFile
        let shell = GitRemote(try RemoteURL("ssh://git@127.0.3.1:\(try freePort())/x.git"), access: access)
        await expect(.unreachable) { _ = try await shell.branches(patience: .test) }
    }

    @Test func aSilentServerIsGivenUpAndNothingIsLeftRunning() async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            let remote = GitRemote(try RemoteURL(server.url("remote.git")), access: access)
            try server.fail("stall")
            let start = ContinuousClock.now
            await expect(.timedOut) { _ = try await remote.branches(patience: .short) }
            await expect(.timedOut) {
                try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .short)
            }
            #expect(ContinuousClock.now - start < .seconds(240), "the server would be silent for ten minutes")
            try await eventually("no helper of git's is left") {
                let processes = try await Command.output("ps", ["-eo", "args"])
                return !processes.contains("\(server.port)/remote.git")
            }
        }
    }

    @Test func aCancelledConversationEndsAtOnce() async throws {
        let pair = try await Pair()
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            let remote = GitRemote(try RemoteURL(server.url("remote.git")), access: access)
            try server.fail("stall")
            let patience = Patience(silence: .seconds(3_600), total: .seconds(3_600))
            let task = Task { try await remote.branches(patience: patience) }
            try await eventually("it has begun") {
                try await Command.output("ps", ["-eo", "args"]).contains("\(server.port)/remote.git")
            }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: RemoteError.self) { _ = try await task.value }
            #expect(ContinuousClock.now - start < .seconds(120), "the server would be silent for ten minutes")
        }
    }

    @Test(arguments: [
        ("500", RemoteError.Kind.unreachable, false), ("forbid-push", .readOnly, false),
        ("eat-answer", .unknownOutcome, true), ("lose-push", .unknownOutcome, false),
        ("hold-answer", .unknownOutcome, true),
    ])
    func pushesThatFailOnTheWay(_ mode: String, _ kind: RemoteError.Kind, _ arrives: Bool) async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        try await GitHTTPSServer.with(pair.folder.appending("repositories")) { server in
            var access = RemoteAccess()
            access.authorityFile = server.certificates.path("ca.crt")
            let remote = GitRemote(try RemoteURL(server.url("remote.git")), access: access)
            try server.fail(mode)
            // Long enough to have sent, on a busy machine too.
            let patience = mode == "hold-answer" ? Patience(silence: .seconds(10), total: .seconds(120)) : .test
            await expect(kind) {
                try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: patience)
            }
            #expect(try await pair.reference("main", in: pair.remote) == (arrives ? head : nil))
            try server.fail("ok")
            try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
        }
    }

    @Test func aHookSaysNoInItsOwnWords() async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        try pair.folder.write(
            "#!/bin/sh\necho 'apps/x/y/graph.yaml:3:1: no'\nexit 1\n", to: "repositories/remote.git/hooks/pre-receive")
        try await Command.output("chmod", ["+x", pair.remote + "/hooks/pre-receive"])
        let remote = GitRemote(try RemoteURL(pair.remote))
        let said = await expect(.declined) {
            try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
        }
        #expect(said.contains("apps/x/y/graph.yaml:3:1: no"))
    }

    /// A full or read-only disk, as the remote's hook sees it: the tests may run as root, whom no mode stops.
    @Test(arguments: [("No space left on device", RemoteError.Kind.full), ("Read-only file system", .readOnly)])
    func aDiskThatTakesNothing(_ words: String, _ kind: RemoteError.Kind) async throws {
        let pair = try await Pair()
        let head = try await pair.commit("first", in: pair.here)
        let blocked = pair.remote + "/objects"
        try FileManager.default.removeItem(atPath: blocked)
        // On a file system of its own that is full or read-only.
        let options = kind == .full ? "size=16k" : "size=1m"
        try await Command.output("mkdir", [blocked])
        guard try await Command.run("mount", ["-t", "tmpfs", "-o", options, "tmpfs", blocked]).succeeded else {
            return  // needs the right to mount
        }
        do {
            try await Command.output("mkdir", ["\(blocked)/info", "\(blocked)/pack"])
            if kind == .full {
                _ = try await Command.run("dd", ["if=/dev/zero", "of=\(blocked)/filler", "bs=1k"])
            } else {
                try await Command.output("mount", ["-o", "remount,ro", blocked])
            }
            let remote = GitRemote(try RemoteURL(pair.remote))
            await expect(kind) {
                try await remote.push(head, of: pair.here, to: pair.main, expecting: nil, patience: .test)
            }
        } catch { Issue.record("\(error)") }
        try await Command.output("umount", [blocked])
    }

    @Test func whatIsDamagedIsNotTakenIn() async throws {
        let pair = try await Pair()
        // A tree with a name that would leave the folder.
        let blob = try await Command.git("hash-object", "-w", "--stdin", in: pair.remote, input: "x")
        let raw = pair.folder.appending("tree")
        let bytes = stride(from: 0, to: 40, by: 2).map { index -> UInt8 in
            let digits = blob.dropFirst(index).prefix(2)
            return UInt8(digits, radix: 16) ?? 0
        }
        try Data(Array("100644 ..\0".utf8) + bytes).write(to: URL(fileURLWithPath: raw))
        let tree = try await Command.git("hash-object", "-w", "--literally", "-t", "tree", raw, in: pair.remote)
        let commit = try await Command.git("commit-tree", "-m", "bad", tree, in: pair.remote)
        try await Command.git("update-ref", "refs/heads/main", commit, in: pair.remote)
        let remote = GitRemote(try RemoteURL(pair.remote))
        await #expect(throws: RemoteError.self) {
            try await remote.fetch(pair.main, into: pair.fetched, of: pair.here, patience: .test)
        }
        #expect(try await pair.reference(pair.fetched.rawValue, in: pair.here) == nil)
    }
}

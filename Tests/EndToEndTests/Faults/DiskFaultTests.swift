import Foundation
import JSONValues
import TestSupport
import Testing

/// Disks that are full, cannot be written, or do not flush.
///
/// In flight: a save, an undeploy, a deletion and a push. Kept: everything that was answered before; what was refused leaves
/// nothing, and works again once the disk does. The cluster is looked after meanwhile.
@Suite struct DiskFaultTests {
    private let folder: TemporaryFolder
    private let demo = "/api/v1/apps/default_demo"

    init() throws { folder = try TemporaryFolder() }

    /// Whether this machine lets tests mount a small file system: root, outside of a locked container.
    static let canMount: Bool = {
        guard getuid() == 0, let folder = try? TemporaryFolder() else { return false }
        guard mount(folder.path, "4k") else { return false }
        umount2(folder.path, Int32(MNT_DETACH))
        return true
    }()

    private static func mount(_ path: String, _ size: String) -> Bool {
        Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(size)") == 0
    }

    /// A service whose data are on a file system of eight megabytes.
    ///
    /// - Parameter indexes: where its index files are.
    private func onSmallDisk(
        indexes: String = "disk/index", _ body: @Sendable @escaping (RunningService, String) async throws -> Void
    ) async throws {
        let disk = folder.appending("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try #require(Self.mount(disk, "8m"))
        defer { umount2(disk, Int32(MNT_DETACH)) }
        let kubeconfig = folder.appending("kubeconfig")
        try await OtherCluster.with(kubeconfig: kubeconfig) { [self] _ in
            try await RunningService.with(
                data: disk, kubeconfig: kubeconfig, options: ["--index-dir", folder.appending(indexes)]
            ) { [self] service in
                try await start(service)
                try await body(service, disk)
                try await Command.git("fsck", "--strict", in: service.repository)
            }
        }
        try await Command.output(
            RunningService.program, ["index", "--data", disk, "--out", folder.appending("again")])
        for file in KeptFiles.indexes {
            #expect(try folder.read("\(indexes)/\(file)") == folder.read("again/\(file)"), "\(file)")
        }
    }

    /// An app with one version, which is live.
    private func start(_ service: RunningService) async throws {
        let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 0.5))
        try #require(made.status == 201)
        try #require(try await deploys(service, true).status == 200)
        try await service.resource("default", "demo", "is there") { rate($0) == 0.5 }
        _ = try await service.clone(into: folder)
    }

    private func deploys(_ service: RunningService, _ deploys: Bool) async throws -> Answer {
        let order: JSON = ["appId": "default_demo", "version": "1", "deployed": .bool(deploys)]
        return try await service.request("POST", "/api/v1/apps/redeployment/default_demo/1", order)
    }

    private func save(_ service: RunningService, _ rate: Double) async throws -> Answer {
        try await service.request("POST", demo + "/graph", graphJSON("default", "demo", rate: rate))
    }

    private func versions(_ service: RunningService) async throws -> Int {
        try await service.request("GET", demo).body["versions"]?.array?.count ?? 0
    }

    /// Writes are refused with 507, whoever reads reads on, the cluster is looked after, and nothing is left of them.
    ///
    /// - Parameter address: where the push goes, by a name or an address; nil for none.
    private func refuses(
        _ service: RunningService, _ rate: Double, versions count: Int, pushTo address: String? = "origin"
    ) async throws {
        let head = try await Command.git("rev-parse", "main", in: service.repository)
        for refused in [
            try await save(service, rate), try await deploys(service, false), try await service.request("DELETE", demo),
        ] {
            #expect(refused.status == 507, "\(refused)")
            #expect(refused.body["state"]?.string == "storage_failed")
            #expect(refused.body["message"]?.string?.contains("nothing was changed") == true)
        }
        if let address { try await refusesPush(rate, to: address) }
        #expect(try await versions(service) == count)
        #expect(try await Command.git("rev-parse", "main", in: service.repository) == head)
        try await service.kubectl(
            "patch", "rampartgraph", "demo", "--type", "merge", "--patch",
            #"{"spec": {"graph": {"components": {"trainer": {"config": {"rate": 666}}}}}}"#)
        try await service.resource("default", "demo", "is healed") { EndToEndTests.rate($0) == 0.5 }
    }

    private func refusesPush(_ rate: Double, to address: String) async throws {
        let work = folder.appending("work")
        try folder.write(graphYAML("default", "demo", rate: "\(rate)"), to: "work/apps/default/demo/graph.yaml")
        try await Command.git("commit", "--quiet", "--all", "--message", "Pushed", in: work)
        await #expect(throws: CommandFailure.self) {
            try await Command.git("push", "--quiet", address, "HEAD:main", in: work)
        }
    }

    @Test(.enabled(if: canMount)) func aFullDiskRefusesWritesUntilThereIsSpace() async throws {
        try await onSmallDisk { [self] service, disk in
            let ballast = try fill(disk + "/ballast")
            try await refuses(service, 1.5, versions: 1)
            try await refuses(service, 2.5, versions: 1)
            try FileManager.default.removeItem(atPath: ballast)
            #expect(try await save(service, 1.5).body["versionId"]?.int == 2)
            #expect(try await versions(service) == 2)
            try await pushes(service)
        }
    }

    @Test(.enabled(if: canMount)) func aDiskThatCannotBeWrittenRefusesWrites() async throws {
        // A disk with files that are open for writing cannot be made so.
        try await onSmallDisk(indexes: "index") { [self] service, disk in
            try #require(Glibc.mount(nil, disk, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0)
            try await refuses(service, 1.5, versions: 1)
            try #require(Glibc.mount(nil, disk, nil, UInt(MS_REMOUNT), nil) == 0)
            #expect(try await save(service, 1.5).body["versionId"]?.int == 2)
            try await pushes(service)
        }
    }

    /// A library before libc's makes fsync(2) and syncfs(2) slow or failing, as a file beside it says.
    @Test func aFlushThatFailsRefusesTheSave() async throws {
        let environment = try await FlushFault.environment(in: folder)
        try await RunningService.with(data: folder.appending("data"), environment: environment) { [self] service in
            try await start(service)
            try folder.write("fail", to: "fault")
            try await refuses(service, 1.5, versions: 1, pushTo: nil)
            try folder.write("", to: "fault")
            #expect(try await save(service, 1.5).body["versionId"]?.int == 2)
            try await Command.git("fsck", "--strict", in: service.repository)
        }
    }

    /// The same of the git that takes pushes for the service: what it has called done is durable too.
    @Test func aFlushThatFailsRefusesThePush() async throws {
        // The service gives git an environment of its own, so a program before git says where the library is.
        let settings = try await FlushFault.environment(in: folder).map { "export \($0.key)='\($0.value)'\n" }.joined()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let git = try folder.write("#!/bin/sh\n\(settings)PATH='\(path)' exec git \"$@\"\n", to: "bin/git")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: git)
        try await RunningService.with(
            data: folder.appending("data"), environment: ["PATH": "\(folder.appending("bin")):\(path)"]
        ) { [self] service in
            try await start(service)
            let address = "\(service.origin)/git/graphs.git"
            let head = try await Command.git("rev-parse", "main", in: service.repository)
            try folder.write("fail", to: "fault")
            try await refusesPush(1.5, to: address)
            #expect(try await Command.git("rev-parse", "main", in: service.repository) == head)
            #expect(try await versions(service) == 1)
            try folder.write("", to: "fault")
            try await pushes(service, to: address)
            #expect(try await versions(service) == 2)
            try await Command.git("fsck", "--strict", in: service.repository)
        }
    }

    /// The last step alone fails: the branch has moved, and is put back.
    @Test func aBranchThatCannotBeFlushedIsWhereItWas() async throws {
        let environment = try await FlushFault.environment(in: folder)
        try await RunningService.with(data: folder.appending("data"), environment: environment) { [self] service in
            try await start(service)
            let head = try await Command.git("rev-parse", "main", in: service.repository)
            try folder.write("reference", to: "fault")
            let refused = try await save(service, 1.5)
            #expect(refused.status == 507 && refused.body["message"]?.string?.contains("nothing was changed") == true)
            #expect(try await Command.git("rev-parse", "main", in: service.repository) == head)
            #expect(try await versions(service) == 1)
            try folder.write("", to: "fault")
            #expect(try await save(service, 2.5).body["versionId"]?.int == 2)
            #expect(try await Command.git("rev-parse", "main~1", in: service.repository) == head)
        }
    }

    /// Saves wait for a slow disk, reads do not.
    @Test func aSlowFlushHoldsUpNoRead() async throws {
        let environment = try await FlushFault.environment(in: folder)
        try await RunningService.with(data: folder.appending("data"), environment: environment) { [self] service in
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 0.5))
            try #require(made.status == 201)
            try folder.write("slow", to: "fault")
            async let saving = save(service, 1.5)
            var reads = 0
            while reads < 20 {
                #expect(try await service.request("GET", demo).status == 200)
                reads += 1
            }
            let seen = try await versions(service)
            #expect(seen == 1, "the reads were over before the save was")
            try folder.write("", to: "fault")
            #expect(try await saving.body["versionId"]?.int == 2)
        }
    }

    /// What was refused goes in now.
    private func pushes(_ service: RunningService, to address: String = "origin") async throws {
        let work = folder.appending("work")
        try await Command.git("pull", "--quiet", "--no-rebase", "--no-edit", in: work)
        try await Command.git("push", "--quiet", address, "HEAD:main", in: work)
        try await service.resource("default", "demo", "has what was pushed") { EndToEndTests.rate($0) != 0.5 }
    }

    /// Writes until nothing more fits.
    private func fill(_ path: String) throws -> String {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 0x55, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
        return path
    }
}

/// A small C library that is loaded before libc.
enum FlushFault {
    /// Each flush asks the file anew: `fail` is EIO, `slow` waits until the file says otherwise, `reference` is EIO for
    /// the files of branches alone.
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static char fault(void) {
          const char *path = getenv("RAMPART_TEST_FLUSH_FAULT");
          int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
          char first = 0;
          if (file < 0) return 0;
          if (read(file, &first, 1) != 1) first = 0;
          close(file);
          return first;
        }

        static int is_reference(int file) {
          char link[64], path[4096];
          snprintf(link, sizeof link, "/proc/self/fd/%d", file);
          ssize_t length = readlink(link, path, sizeof path - 1);
          if (length < 0) return 0;
          path[length] = 0;
          return strstr(path, "/refs/heads/") != 0;
        }

        static int flush(const char *name, int file) {
          while (fault() == 's') usleep(2000);
          char kind = fault();
          if (kind == 'f' || (kind == 'r' && is_reference(file))) { errno = EIO; return -1; }
          return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
        }

        int fsync(int file) { return flush("fsync", file); }
        int syncfs(int file) { return flush("syncfs", file); }
        int fdatasync(int file) { return flush("fdatasync", file); }
        """

    /// - Returns: the environment of a program whose flushes the file `fault` in the folder rules.
    static func environment(in folder: TemporaryFolder) async throws -> [String: String] {
        ["LD_PRELOAD": try await build(in: folder), "RAMPART_TEST_FLUSH_FAULT": folder.appending("fault")]
    }

    /// - Returns: the path of the library.
    private static func build(in folder: TemporaryFolder) async throws -> String {
        let source = try folder.write(source, to: "flush.c")
        let library = folder.appending("flush.so")
        try await Command.output("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"])
        return library
    }
}

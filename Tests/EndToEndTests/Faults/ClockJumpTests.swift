import Foundation
import JSONValues
import TestSupport
import Testing

/// The wall clock of a service jumps years ahead and back while it is written to, as with a broken battery or a virtual
/// machine that is put back. In flight: saves, deploys, a push, the Lease. Kept: all of it, in its order, and the lead.
@Suite(.enabled(if: !isSanitized, "a sanitizer has to come before all libraries")) struct ClockJumpTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func nothingIsLostWhateverTheClockSays() async throws {
        let clock = try await JumpingClock(in: folder)
        let data = folder.appending("data")
        let before = try await RunningService.with(
            data: data, options: ["--leader-elect"], environment: clock.environment
        ) { [folder] service in
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("default", "demo", rate: 1))
            try #require(made.status == 201)
            let work = folder.appending("work")
            try await Command.git("clone", "--quiet", "\(service.origin)/git/graphs.git", "work", in: folder.path)
            var version = 1
            for jump in [3_650, -3_650, 0, -0.1, 20.0] {
                try clock.jump(days: jump)
                version += 1
                let saved = try await service.request(
                    "POST", "/api/v1/apps/default_demo/graph", graphJSON("default", "demo", rate: Double(version)))
                #expect(saved.status == 200 && saved.body["versionId"]?.int == Int64(version), "\(jump): \(saved)")
                let order: JSON = ["appId": "default_demo", "version": .string("\(version)"), "deployed": true]
                let deployed = try await service.request(
                    "POST", "/api/v1/apps/redeployment/default_demo/\(version)", order)
                #expect(deployed.status == 200, "\(jump): \(deployed)")
                try await service.resource("default", "demo", "is deployed \(jump) days off") {
                    rate($0) == Double(version)
                }
                version += 1
                try await Command.git("pull", "--quiet", in: work)
                try folder.write(
                    graphYAML("default", "demo", rate: "\(version)"), to: "work/apps/default/demo/graph.yaml")
                try await Command.git("commit", "--quiet", "--all", "--message", "Version \(version)", in: work)
                try await Command.git("push", "--quiet", in: work)
                try await service.resource("default", "demo", "is pushed \(jump) days off") {
                    rate($0) == Double(version)
                }
                #expect(try await service.request("GET", "/readyz").status == 200)
            }
            let lease = try JSON(
                parsing: await service.kubectl("get", "lease", "rampart-backend", "--output", "json"))
            #expect(lease.at("spec", "leaseTransitions")?.int == 0, "the lead was lost: \(lease)")
            return try await versions(service)
        }
        #expect(before.count == 11)
        // With the right time again, and from the branch alone.
        try FileManager.default.removeItem(atPath: data + "/index")
        let after = try await RunningService.with(data: data) { try await versions($0) }
        #expect(after == before)
        try await Command.git("fsck", "--strict", in: data + "/graphs.git")

    }

    /// What each version is, without what the cluster says of it.
    private func versions(_ service: RunningService) async throws -> [JSON] {
        let answer = try await service.request("GET", "/api/v1/apps/default_demo")
        return (answer.body["versions"]?.array ?? []).map { version in
            var version = version
            for field in ["status", "lastDeployment", "message"] { version[field] = nil }
            return version
        }
    }
}

/// A small C library before libc's, which adds to the wall clock of a process what a file says.
private struct JumpingClock {
    /// Where a wait ends at a time of day, that is given as the process knows it.
    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <pthread.h>
        #include <semaphore.h>
        #include <stdlib.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        #define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

        static long offset(void) {
          char text[32] = "";
          int file = open(getenv("RAMPART_TEST_CLOCK"), O_RDONLY | O_CLOEXEC);
          if (file < 0) return 0;
          if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
          close(file);
          return atol(text);
        }

        int clock_gettime(clockid_t clock, struct timespec *now) {
          static int (*real)(clockid_t, struct timespec *);
          if (!real) real = REAL(int (*)(clockid_t, struct timespec *), "clock_gettime");
          int result = real(clock, now);
          if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += offset();
          return result;
        }

        int gettimeofday(struct timeval *now, void *zone) {
          struct timespec time;
          clock_gettime(CLOCK_REALTIME, &time);
          now->tv_sec = time.tv_sec;
          now->tv_usec = time.tv_nsec / 1000;
          return 0;
        }

        time_t time(time_t *now) {
          struct timespec time;
          clock_gettime(CLOCK_REALTIME, &time);
          if (now) *now = time.tv_sec;
          return time.tv_sec;
        }

        static struct timespec real_deadline(const struct timespec *deadline) {
          struct timespec real = *deadline;
          // No machine has been up for so long: it is no time of a monotonic clock.
          if (real.tv_sec > 100000000 || real.tv_sec < 0) real.tv_sec -= offset();
          return real;
        }

        int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
          struct timespec real = real_deadline(deadline);
          return REAL(int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *), "pthread_cond_timedwait")(
            condition, mutex, &real);
        }

        int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
          struct timespec real = real_deadline(deadline);
          return REAL(int (*)(sem_t *, const struct timespec *), "sem_timedwait")(semaphore, &real);
        }
        """

    private let file: String
    let environment: [String: String]

    init(in folder: TemporaryFolder) async throws {
        let source = try folder.write(Self.source, to: "clock.c")
        let library = folder.appending("clock.so")
        try await Command.output("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
        file = try folder.write("0", to: "clock")
        environment = ["LD_PRELOAD": library, "RAMPART_TEST_CLOCK": file]
    }

    /// - Parameter days: from the right time.
    func jump(days: Double) throws {
        try Data("\(Int(days * 86_400))".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}

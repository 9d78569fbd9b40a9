import Foundation
import JSONValues
import Subprocess
import Synchronization
import TestSupport
import Testing

/// SIGKILL at random moments, under a storm of saves, deploys and pushes.
///
/// In flight: up to four writes over REST, one push, by HTTP and by the file system in turns, and whatever the loop writes to
/// the cluster. Kept: each write that was answered and each push that git called done, on the branch exactly once; what the
/// index files and the caches say; and in the end the cluster has what HEAD says, and nothing else.
///
/// `RAMPART_TEST_KILLS` says how often; a few times by default, 500 times by `hack/faults`.
@Suite struct KillStormTests {
    static let kills = ProcessInfo.processInfo.environment["RAMPART_TEST_KILLS"].flatMap(Int.init) ?? 8

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func whatWasAnsweredIsThereExactlyOnce() async throws {
        let folder = folder
        try await OtherCluster.with(kubeconfig: folder.appending("kubeconfig")) { _ in
            let data = folder.appending("data")
            let kubeconfig = folder.appending("kubeconfig")
            let storm = Storm(folder: folder)
            try await RunningService.with(data: data, kubeconfig: kubeconfig) { try await storm.prepare($0) }
            var random = SplitMix(seed: 2_026)
            for round in 1...Self.kills {
                let moment = Duration.milliseconds(Int.random(in: 0...400, using: &random))
                try await RunningService.with(data: data, kubeconfig: kubeconfig, endedBy: .kill) { service in
                    try await storm.check(service, "after kill \(round - 1)")
                    try await storm.blow(
                        service, until: moment, after: .of(round: round), pushesByHTTP: round % 8 < 4)
                }
            }
            try await RunningService.with(data: data, kubeconfig: kubeconfig, endedBy: .kill) { service in
                try await storm.takeAway(service)
            }
            try await RunningService.with(data: data, kubeconfig: kubeconfig) { [self] service in
                try await storm.check(service, "at the end")
                try await storm.pushOnceMore(service)
                try await storm.converges(service)
                // One that is left behind counts as such after ten seconds.
                try await eventually("locks of killed processes are gone") { locks(data + "/graphs.git").isEmpty }
            }
            try await eventually("no program of a killed service goes on") { programs(in: data).isEmpty }
            #expect(storm.saves > 0, "nothing was ever answered, so nothing is shown")
            #expect(storm.deploys >= Self.kills / 4, "hardly any deploy came through the storm")
            #expect(storm.pushes >= Self.kills / 4, "hardly any push came through the storm")
            try await Command.git("fsck", "--strict", in: data + "/graphs.git")
            try await storm.everythingIsThereOnce(data + "/graphs.git")
            try await KeptFiles(data: data, kubeconfig: kubeconfig, folder: folder).areWhatHistorySays(Storm.all)
        }
    }

    /// Who works in a folder.
    private func programs(in folder: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            return place?.hasPrefix(folder + "/") == true
        }
    }

    private func locks(_ repository: String) -> [String] {
        let files = FileManager.default.enumerator(atPath: repository)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".lock") }
    }
}

/// What has to come through in a round before its moment counts: a push and a deploy take longer than a save, and on a slow
/// machine none might in a storm of less than half a second.
private enum Precedent {
    case nothing, push, deploy

    static func of(round: Int) -> Precedent {
        switch round % 4 {
        case 0: .push
        case 2: .deploy
        default: .nothing
        }
    }
}

/// Writers whose every word is remembered.
private final class Storm: Sendable {
    private struct Ledger {
        /// Versions that were answered, and the rate that each has.
        var versions: [String: [Int64: Double]] = [:]
        /// Versions whose deploy was answered; each is asked for once.
        var deployed: [String: Set<Int64>] = [:]
        /// The work tree that is pushed from.
        var work = "none"
        /// Commits whose push git has called done.
        var pushed: [String] = []
        var sinceLastCheck: [(app: String, version: Int64, rate: Double)] = []
    }

    private static let apps = ["alpha", "beta", "gamma", "delta"]
    /// The ids of all apps that there are, or were.
    static let all = (apps + ["pushed", "idle", "doomed"]).map { "storm_\($0)" }
    private let folder: TemporaryFolder
    private let ledger = Mutex(Ledger())
    private let number = Mutex(0)

    init(folder: TemporaryFolder) { self.folder = folder }

    var saves: Int { ledger.withLock { $0.versions.values.reduce(0) { $0 + $1.count } } }
    var deploys: Int { ledger.withLock { $0.deployed.values.reduce(0) { $0 + $1.count } } }
    var pushes: Int { ledger.withLock { $0.pushed.count } }

    /// Another one each time, so that every save is a new version.
    private func nextRate() -> Double {
        number.withLock { number in
            number += 1
            return Double(number) + 0.25
        }
    }

    func prepare(_ service: RunningService) async throws {
        for app in Self.apps + ["idle", "doomed"] {
            let made = try await service.request("POST", "/api/v1/graphs", graphJSON("storm", app, rate: 0.5))
            guard made.status == 201 else { throw EndToEndFailure("\(app): \(made)") }
        }
        for app in ["idle", "doomed"] {
            let deployed = try await deploy(app, 1, service)
            guard deployed.status == 200 else { throw EndToEndFailure("\(app): \(deployed)") }
            try await service.resource("storm", app, "is there before the storm") { EndToEndTests.rate($0) == 0.5 }
        }
    }

    /// An undeploy and a deletion whose answers come right before the process is killed.
    func takeAway(_ service: RunningService) async throws {
        let undeployed = try await deploy("idle", 1, service, false)
        let deleted = try await service.request("DELETE", "/api/v1/apps/storm_doomed")
        guard [200, 202].contains(undeployed.status), [200, 202].contains(deleted.status) else {
            throw EndToEndFailure("not answered: \(undeployed), \(deleted)")
        }
    }

    private func deploy(
        _ app: String, _ version: Int64, _ service: RunningService, _ deploys: Bool = true
    ) async throws -> Answer {
        try await service.request(
            "POST", "/api/v1/apps/redeployment/storm_\(app)/\(version)",
            ["appId": .string("storm_\(app)"), "version": .string(String(version)), "deployed": .bool(deploys)])
    }

    /// Saves, deploys and pushes for a while; what fails because the service was killed is nobody's loss.
    func blow(
        _ service: RunningService, until moment: Duration, after precedent: Precedent, pushesByHTTP: Bool
    ) async throws {
        try await clone(from: pushesByHTTP ? "\(service.origin)/git/graphs.git" : service.repository)
        await withTaskGroup(of: Void.self) { group in
            let before = (pushes: pushes, deploys: deploys)
            for app in Self.apps {
                group.addTask {
                    // A push takes several programs, and never wins against four who save.
                    if precedent == .push { try? await eventually { self.pushes > before.pushes } }
                    while !Task.isCancelled { await self.save(app, service) }
                }
            }
            group.addTask { while !Task.isCancelled { try? await self.push() } }
            switch precedent {
            case .nothing: break
            case .push: try? await eventually { pushes > before.pushes }
            case .deploy: try? await eventually { deploys > before.deploys }
            }
            try? await Task.sleep(for: moment)
            // From here on the process is killed while the writers go on, as in life.
            kill(service.processIdentifier, SIGKILL)
            group.cancelAll()
        }
    }

    private func save(_ app: String, _ service: RunningService) async {
        let rate = nextRate()
        guard
            let saved = try? await service.request(
                "POST", "/api/v1/apps/storm_\(app)/graph", graphJSON("storm", app, rate: rate)),
            saved.status == 200, let version = saved.body["versionId"]?.int
        else { return }
        ledger.withLock { ledger in
            ledger.versions[app, default: [:]][version] = rate
            ledger.sinceLastCheck.append((app, version, rate))
        }
        guard version % 3 == 0 else { return }
        let deployed = try? await deploy(app, version, service)
        if [200, 202].contains(deployed?.status) {
            ledger.withLock { _ = $0.deployed[app, default: []].insert(version) }
        }
    }

    /// A new work tree for an engineer: in the one of before a killed git may have left locks, or may still be writing.
    private func clone(from address: String) async throws {
        let name = "work-\(nextRate())"
        try await Command.git("clone", "--quiet", address, name, in: folder.path)
        let former = ledger.withLock { ledger in
            defer { ledger.work = name }
            return ledger.work
        }
        try? FileManager.default.removeItem(atPath: folder.appending(former))
    }

    /// An engineer's `git commit`, `git pull` and `git push`.
    private func push() async throws {
        let name = ledger.withLock(\.work)
        let work = folder.appending(name)
        let text = graphYAML("storm", "pushed", rate: String(nextRate()))
        try folder.write(text, to: "\(name)/apps/storm/pushed/graph.yaml")
        try await Command.git("add", "--all", in: work)
        try await Command.git("commit", "--quiet", "--message", "Another rate", in: work)
        try await Command.git("pull", "--quiet", "--no-rebase", "--no-edit", in: work)
        let commit = try await Command.git("rev-parse", "HEAD", in: work)
        try await Command.git("push", "--quiet", "origin", "HEAD:main", in: work)
        ledger.withLock { $0.pushed.append(commit) }
    }

    /// Whatever the storm has done, a push works once the locks of the killed are gone.
    func pushOnceMore(_ service: RunningService) async throws {
        try await eventually("a push goes through") {
            try await clone(from: "\(service.origin)/git/graphs.git")
            return (try? await push()) != nil
        }
    }

    /// What was answered since the last check is served as it was sent.
    func check(_ service: RunningService, _ when: String) async throws {
        let recent = ledger.withLock { ledger in
            defer { ledger.sinceLastCheck = [] }
            return ledger.sinceLastCheck
        }
        for (app, version, rate) in recent {
            let answer = try await service.request("GET", "/api/v1/apps/storm_\(app)/versions/\(version)/graph")
            let found = EndToEndTests.rate(answer.body["graph"] ?? .null)
            #expect(found == rate, "\(when): version \(version) of \(app)")
        }
    }

    /// Each version is one commit and no more, and each pushed commit is on the branch.
    func everythingIsThereOnce(_ repository: String) async throws {
        let log = try await Command.git(
            "log", "--format=%(trailers:key=Rampart-App,valueonly,separator=)/%s", in: repository)
        var count: [String: Int] = [:]
        for line in log.split(separator: "\n") { count[String(line), default: 0] += 1 }
        let (versions, deployed, pushed) = ledger.withLock { ($0.versions, $0.deployed, $0.pushed) }
        for (app, numbers) in versions {
            for version in numbers.keys {
                #expect(count["storm_\(app)/Save storm_\(app) version \(version)"] == 1, "version \(version) of \(app)")
            }
        }
        for (app, numbers) in deployed {
            for version in numbers {
                #expect(
                    count["storm_\(app)/Deploy storm_\(app) version \(version)"] == 1,
                    "the deploy of version \(version) of \(app)")
            }
        }
        for commit in pushed {
            try await Command.git("merge-base", "--is-ancestor", commit, "main", in: repository)
        }
    }

    /// Every live graph is in the cluster as it is at HEAD, deployed or not, and nothing else is: by what the API server says
    /// once the service calls it done.
    func converges(_ service: RunningService) async throws {
        try await eventually("the cluster has what HEAD says") {
            let sync = try await service.request("GET", "/api/v1/sync")
            return sync.body["state"]?.string == "synced"
        }
        let list = try JSON(
            parsing: await service.kubectl("get", "rampartgraphs", "--all-namespaces", "--output", "json"))
        var found: [String: JSON] = [:]
        for resource in list["items"]?.array ?? [] { found[Self.name(of: resource)] = resource["spec"] }
        var wanted: [String: JSON] = [:]
        let files = try await Command.git("ls-tree", "-r", "--name-only", "main", "apps", in: service.repository)
        for file in files.split(separator: "\n") where file.hasSuffix("/graph.yaml") {
            let text = try await Command.git("show", "main:\(file)", in: service.repository)
            let read = try await service.kubectl(
                "create", "--dry-run=client", "--validate=false", "--output", "json", "--filename", "-", input: text)
            let resource = try JSON(parsing: read)
            let name = Self.name(of: resource)
            #expect(file == "apps/\(name)/graph.yaml")
            wanted[name] = resource["spec"]
        }
        #expect(found.keys.sorted() == wanted.keys.sorted())
        for (name, spec) in wanted { #expect(found[name] == spec, "\(name)") }
        #expect(found["storm/idle"]?["deploy"] == false && found["storm/doomed"] == nil)
        #expect(found["storm/pushed"] != nil && found["storm/pushed"]?["deploy"] != false)
    }

    private static func name(of resource: JSON) -> String {
        let metadata = resource["metadata"]
        return "\(metadata?["namespace"]?.string ?? "")/\(metadata?["name"]?.string ?? "")"
    }
}

/// Numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

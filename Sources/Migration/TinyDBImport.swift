public import Apps
public import Git
import Graphs
import HashTreeCollections
import JSONValues

/// What the files of the Python service come to in git: acts of another time, and a report of every row that is not
/// simply carried over.
///
/// A plan is a value: it depends on the files and on the apps that are there, and changes nothing.
public struct TinyDBImport: Sendable {
    /// In the order of their times.
    public private(set) var acts: [PastAct] = []
    public private(set) var report = ImportReport()

    /// - Parameters:
    ///   - folder: where `apps.json`, `versions.json`, `dashboard.json` and `configs.json` are.
    ///   - snapshot: the apps that are in git already; of those only what is new is carried over. Nil for none.
    ///   - author: in whose name; its time is not used.
    /// - Throws: ``MigrationError`` where a file cannot be read.
    public init(reading folder: String, onto snapshot: Snapshot?, author: Signature) throws(MigrationError) {
        let store = try PythonStore(reading: folder)
        report.lines = store.oddities
        var timed: [(time: Timestamp, act: PastAct)] = []
        func add(_ act: Act, _ time: Timestamp, _ row: String) {
            let author = Signature(
                name: author.name, email: author.email, seconds: time.seconds, offsetMinutes: time.offsetMinutes)
            timed.append((time, PastAct(act: act, author: author, trailer: "Rampart-Import: \(row)")))
        }
        apps(store, snapshot, add)
        configs(store, snapshot, add)
        for row in store.dashboards {
            report.note(
                .known, row.row,
                "dashboards are made anew; the one of \(row.app) stays in Grafana as '\(row.uid)' until somebody deletes it"
            )
        }
        acts = timed.enumerated().sorted { ($0.element.time.seconds, $0.offset) < ($1.element.time.seconds, $1.offset) }
            .map(\.element.act)
    }

    private mutating func apps(
        _ store: PythonStore, _ snapshot: Snapshot?, _ add: (Act, Timestamp, String) -> Void
    ) {
        var rows: [String: [PythonStore.VersionRow]] = [:]
        for row in store.versions { rows["\(row.namespace)_\(row.name)", default: []].append(row) }
        var seen: Set<AppID> = []
        for app in store.apps {
            let key = "\(app.namespace)_\(app.name)"
            guard let id = AppID(namespace: app.namespace, name: app.name) else {
                report.note(.leftOut, app.row, "'\(key)' is no name that Kubernetes allows")
                continue
            }
            guard seen.insert(id).inserted else {
                report.note(.known, app.row, "is the second row of \(id)")
                continue
            }
            let history = AppHistory(id, app, rows.removeValue(forKey: key) ?? [], report: &report)
            carry(history, app, known: snapshot?.apps[id], add)
        }
        for row in rows.values.joined().sorted(by: { $0.row < $1.row }) {
            report.note(.leftOut, row.row, "there is no app \(row.namespace)_\(row.name) in apps.json")
        }
    }

    private mutating func carry(
        _ history: AppHistory, _ app: PythonStore.AppRow, known: App?, _ add: (Act, Timestamp, String) -> Void
    ) {
        let hashes = history.manifests.map(\.hash)
        let there = known?.versions.map(\.hash) ?? []
        guard hashes.starts(with: there) else {
            let missing = hashes.filter { !there.contains($0) }.count
            report.note(
                missing == 0 ? .known : .leftOut, app.row,
                missing == 0
                    ? "\(history.id) has gone on in git"
                    : "\(history.id) has gone on in git; \(missing) versions of the old service are not carried over")
            return
        }
        let since = known?.lastDeployment
        var count = 0
        for event in history.events {
            switch event.kind {
            case .save(let place):
                if place < there.count { continue }
                let manifest = history.manifests[place]
                add(place == 0 ? .create(history.id, manifest) : .save(history.id, manifest), event.time, event.row)
                report.versions += 1
                count += 1
            case .deploy(let place):
                if let since, event.time <= since { continue }
                add(.deploy(history.id, version: place + 1), event.time, event.row)
                count += 1
            case .undeploy:
                if let since, event.time <= since, known?.live?.deploys == false || known?.live == nil { continue }
                add(.undeploy(history.id), event.time, event.row)
                count += 1
            }
        }
        if known == nil, count > 0 { report.apps += 1 }
        if count == 0, !hashes.isEmpty { report.note(.known, app.row, "\(history.id) is in git already") }
    }

    private mutating func configs(
        _ store: PythonStore, _ snapshot: Snapshot?, _ add: (Act, Timestamp, String) -> Void
    ) {
        for row in store.configs {
            guard NodeConfig.isID(row.id), let content = row.content else {
                report.note(.leftOut, row.row, "is no node config")
                continue
            }
            if let known = snapshot?.config(row.id) {
                let isSame = known.content == content
                report.note(
                    isSame ? .known : .leftOut, row.row,
                    isSame ? "\(row.id) is in git already" : "\(row.id) has gone on in git, with another content")
                continue
            }
            let first = row.created ?? row.lastModified ?? Timestamp(seconds: 0)
            let last = max(row.lastModified ?? first, first)
            let count = min(row.version, 1_000)
            for number in 1...count {
                // The old service kept no former contents, but counted them; a remark makes a commit of each.
                let remark = number < count ? "Version \(number) of \(row.version); its content was not kept." : nil
                add(.writeConfig(row.id, content, remark: remark), number == 1 ? first : last, row.row)
            }
            report.configs += 1
        }
    }
}

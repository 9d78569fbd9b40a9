import Apps
import Graphs
import JSONValues

/// The past of one app, read out of its rows: what was saved and deployed, and when.
struct AppHistory {
    /// Something that happened.
    struct Event {
        enum Kind {
            /// By the place of the version in ``AppHistory/manifests``.
            case save(Int)
            case deploy(Int)
            case undeploy
        }

        let kind: Kind
        let time: Timestamp
        let row: String
    }

    let id: AppID
    /// The versions' contents, no two the same, in the order of their numbers from now on.
    private(set) var manifests: [Manifest] = []
    private(set) var events: [Event] = []
    private var places: [String: Int] = [:]

    /// - Parameter rows: of the app's versions, in any order.
    init(_ id: AppID, _ app: PythonStore.AppRow, _ rows: [PythonStore.VersionRow], report: inout ImportReport) {
        self.id = id
        var last = app.lastEdit ?? Timestamp(seconds: 0)
        var deploys: [Event] = []
        var active: [(place: Int, number: Int64, row: String)] = []
        if let first = rows.compactMap(\.created).min() { last = first }
        let ordered = rows.sorted {
            ($0.created?.seconds ?? .max, $0.number) < ($1.created?.seconds ?? .max, $1.number)
        }
        for row in ordered {
            guard let manifest = Self.manifest(row.graph, of: id, app, row.row, &report) else { continue }
            if !row.hash.isEmpty, row.hash != manifest.hash {
                report.note(.changed, row.row, "its hash is \(manifest.hash), not \(row.hash) as the row says")
            }
            if row.created == nil { report.note(.changed, row.row, "has no time; taken as \(last)") }
            let time = max(row.created ?? last, last)
            let place = take(manifest, row, time, &report)
            last = time
            if let deployed = row.lastDeployment {
                deploys.append(Event(kind: .deploy(place), time: max(deployed, time), row: row.row))
            }
            if row.isActive { active.append((place, row.number, row.row)) }
        }
        if manifests.isEmpty, rows.isEmpty, let manifest = Self.manifest(app.graph, of: id, app, app.row, &report) {
            manifests = [manifest]
            events = [Event(kind: .save(0), time: last, row: app.row)]
            report.note(.changed, app.row, "has no rows of versions; its graph is version 1")
        }
        events += deploys.sorted { $0.time.seconds < $1.time.seconds }
        finish(active.first { $0.number == app.activeVersion } ?? active.last, deploys, app, last)
        if active.count > 1 {
            report.note(.changed, app.row, "has \(active.count) active versions; one is live")
        }
        events = events.enumerated().sorted {
            ($0.element.time.seconds, $0.offset) < ($1.element.time.seconds, $1.offset)
        }
        .map(\.element)
    }

    private mutating func take(
        _ manifest: Manifest, _ row: PythonStore.VersionRow, _ time: Timestamp, _ report: inout ImportReport
    ) -> Int {
        if let place = places[manifest.hash] {
            report.note(.known, row.row, "version \(row.number) of \(id) has the content of version \(place + 1)")
            return place
        }
        let place = manifests.count
        places[manifest.hash] = place
        manifests.append(manifest)
        events.append(Event(kind: .save(place), time: time, row: row.row))
        if Int64(place + 1) != row.number {
            report.note(.changed, row.row, "version \(row.number) of \(id) is version \(place + 1) here")
        }
        return place
    }

    /// What is live at the end is what was active, whatever was deployed last.
    private mutating func finish(
        _ active: (place: Int, number: Int64, row: String)?, _ deploys: [Event], _ app: PythonStore.AppRow,
        _ lastSave: Timestamp
    ) {
        let last = events.last { if case .save = $0.kind { false } else { true } }
        guard let active else {
            if let last { events.append(Event(kind: .undeploy, time: last.time, row: app.row)) }
            return
        }
        if case .deploy(active.place) = last?.kind { return }
        let saved = events.first { if case .save(active.place) = $0.kind { true } else { false } }
        let time = max(last?.time ?? saved?.time ?? lastSave, saved?.time ?? lastSave)
        events.append(Event(kind: .deploy(active.place), time: time, row: active.row))
    }

    /// A row's graph as a manifest, with the app's labels and description.
    private static func manifest(
        _ graph: JSON, of id: AppID, _ app: PythonStore.AppRow, _ row: String, _ report: inout ImportReport
    ) -> Manifest? {
        guard graph.object != nil else {
            report.note(.leftOut, row, "has no graph")
            return nil
        }
        var json = graph
        json["status"] = nil
        var metadata: JSON = ["name": .string(id.name), "namespace": .string(id.namespace)]
        var annotations = graph.at("metadata", "annotations")?.object ?? [:]
        if !app.description.isEmpty { annotations["rampart.petuum.com/description"] = .string(app.description) }
        if !annotations.isEmpty { metadata["annotations"] = .object(annotations) }
        let labels = app.labels.isEmpty ? graph.at("metadata", "labels")?.object ?? [:] : app.labels
        if !labels.isEmpty { metadata["labels"] = .object(labels) }
        json["metadata"] = metadata
        do {
            return try Manifest(checking: json)
        } catch {
            report.note(
                .leftOut, row, "the graph does not check: \(error.list.map(\.description).joined(separator: "; "))")
            return nil
        }
    }
}

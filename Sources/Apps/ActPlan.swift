import Git
import Graphs
import JSONValues

/// What one act does to the tree, before anything is written: a pure function of the act and its app.
struct ActPlan: Sendable {
    /// A file to write or to remove.
    enum Edit: Sendable {
        /// Writes a manifest that is known to check.
        case writeManifest(path: String, Manifest)
        /// Puts a file that is in the repository already.
        case put(path: String, blob: ObjectID, kind: EntryKind)
        /// Writes bytes, comments and all.
        case write(path: String, bytes: [UInt8])
        case remove(path: String)
        /// Removes a folder with everything in it.
        case removeFolder(path: String)
    }

    let subject: ActSubject
    /// In the order in which they are done; none where nothing is to change.
    var edits: [Edit] = []
    /// The first line of the commit's message.
    let title: String
    /// What stands below the first line; nil for nothing.
    var body: String?
    /// The version that the act is about.
    let version: Int?
    /// The apps that a revert changes; empty for all other acts.
    var reverted: [AppID] = []

    /// The whole message, with the trailers.
    var message: String {
        var trailers: [String] = []
        switch subject {
        case .app(let id): trailers = ["Rampart-App: \(id)"] + (version.map { ["Rampart-Version: \($0)"] } ?? [])
        case .config(let id): trailers = ["Rampart-Config: \(id)"]
        case .commit: break
        }
        trailers += reverted.filter { subject != .app($0) }.map { "Rampart-App: \($0)" }
        let parts: [String?] = [title, body, trailers.isEmpty ? nil : trailers.joined(separator: "\n")]
        return parts.compactMap { $0 }.joined(separator: "\n\n") + "\n"
    }

    /// The folders in which all edits lie that history is read from.
    var folders: [String] {
        switch subject {
        case .app(let id): reverted.isEmpty ? [id.folder] : Layout.folders
        case .config: ["configs"]
        case .commit: Layout.folders
        }
    }

    /// What the act changes beside its subject.
    var others: [ActSubject] { reverted.map { .app($0) } }

    /// Reads the bytes of a blob.
    typealias Read = (ObjectID) throws(ActError) -> [UInt8]

    /// Works out a revert.
    typealias Undo = (Revert) throws(ActError) -> RevertPlan

    /// - Parameters:
    ///   - app: the app as it is before the act; nil where there is none.
    ///   - last: the last commit that touched the subject.
    ///   - expecting: the last commit of the app that the caller has seen.
    ///   - readOnly: false for what was done before the app became read-only.
    init(
        _ act: Act, on app: App?, config: NodeConfig? = nil, last: ObjectID? = nil, expecting: ObjectID?,
        minding readOnly: Bool = true,
        read: Read, undo: Undo
    ) throws(ActError) {
        if let expecting, let last = last ?? app?.lastCommit ?? config?.commit, last != expecting {
            throw .changed(current: last)
        }
        switch act {
        case .createConfig(let id, let content):
            if config != nil { throw .configExists(id) }
            self.init(config: id, title: "Create config \(id)")
            edits = [.write(path: NodeConfig.path(of: id), bytes: Array(content.yaml().utf8))]
        case .changeConfig(let id, let content):
            guard let config else { throw .unknownConfig(id) }
            self.init(config: id, title: "Change config \(id)")
            let path = NodeConfig.path(of: id)
            if config.content == content { return }
            edits = config.path == path ? [] : [.remove(path: config.path)]
            edits.append(.write(path: path, bytes: Array(content.yaml().utf8)))
        case .deleteConfig(let id):
            guard let config else { throw .unknownConfig(id) }
            self.init(config: id, title: "Delete config \(id)")
            edits = [.remove(path: config.path)]
        case .writeConfig(let id, let content, let remark):
            self.init(config: id, title: config == nil ? "Create config \(id)" : "Change config \(id)")
            let text = (remark.map { "# \($0)\n" } ?? "") + content.yaml()
            if let config, config.path != NodeConfig.path(of: id) { edits = [.remove(path: config.path)] }
            edits.append(.write(path: NodeConfig.path(of: id), bytes: Array(text.utf8)))
        case .revert(let revert): self.init(revert, on: app, try undo(revert))
        case .create(let id, let manifest):
            if app != nil { throw .exists(id) }
            self.init(app: id, title: "Create \(id)", version: 1)
            edits = [.writeManifest(path: id.draftPath, try manifest.kept(as: id))]
        case .adopt(let id, let manifest):
            try self.init(adopting: manifest, as: id, app)
        case .save(let id, let manifest):
            try self.init(saving: manifest, in: Self.writable(app, id, readOnly))
        case .deploy(let id, let version):
            try self.init(deploying: version, in: Self.writable(app, id, readOnly), read: read)
        case .undeploy(let id):
            try self.init(undeploying: Self.writable(app, id, readOnly), read: read)
        case .delete(let id):
            _ = try Self.writable(app, id, readOnly)
            self.init(app: id, title: "Delete \(id)", version: nil)
            edits = [.removeFolder(path: id.folder)]
        }
    }

    private init(app: AppID, title: String, version: Int?) {
        subject = .app(app)
        self.title = title
        self.version = version
    }

    private init(config: String, title: String) {
        subject = .config(config)
        self.title = title
        version = nil
    }

    private init(_ revert: Revert, on before: App?, _ plan: RevertPlan) {
        let after = revert.app.flatMap { id in plan.apps.first { $0.id == id }?.after }
        let isLive = after?.live?.version != before?.live?.version || after?.activeVersion != before?.activeVersion
        subject = Act.revert(revert).subject
        title = plan.title
        body = plan.body
        version = isLive ? after?.live?.version : after?.draft?.version ?? after?.live?.version
        reverted = plan.apps.map(\.id)
        edits = plan.edits
    }

    private init(saving manifest: Manifest, in app: App) throws(ActError) {
        guard let hash = ContentHash(manifest.hash) else { throw .storage("no hash: '\(manifest.hash)'") }
        let version = app.number(of: hash) ?? app.versions.count + 1
        self.init(app: app.id, title: "Save \(app.id) version \(version)", version: version)
        if app.isLiveAtHead, app.live?.facts.hash == hash {
            edits = app.removals(of: Layout.draftNames, but: nil)
        } else if !(app.isDraftAtHead && app.draft?.facts.hash == hash) {
            let path = app.id.draftPath
            let saved = try manifest.kept(as: app.id, metadataOf: app.newestGraph)
            edits = app.removals(of: Layout.draftNames, but: path) + [.writeManifest(path: path, saved)]
        }
    }

    /// A draft that is there already stays one, unless it says the same.
    private init(adopting manifest: Manifest, as id: AppID, _ app: App?) throws(ActError) {
        if let app, app.live != nil || app.files.contains(where: { Layout.liveNames.contains($0.name) }) {
            throw .exists(id)
        }
        guard let hash = ContentHash(manifest.hash) else { throw .storage("no hash: '\(manifest.hash)'") }
        let version = app.map { $0.number(of: hash) ?? $0.versions.count + 1 } ?? 1
        self.init(app: id, title: "Adopt \(id)", version: version)
        edits = [.writeManifest(path: id.livePath(.yaml), try manifest.kept(as: id))]
        if let app, app.isDraftAtHead, app.draft?.facts.hash == hash {
            edits += app.removals(of: Layout.draftNames, but: nil)
        }
    }

    private init(deploying number: Int, in app: App, read: Read) throws(ActError) {
        guard let version = app.version(number) else { throw .unknownVersion(app.id, number) }
        self.init(app: app.id, title: "Deploy \(app.id) version \(number)", version: number)
        let path = app.id.livePath(version.format)
        let bytes = try Self.setting(deploys: true, in: read(version.blob), version.format)
        edits = app.removals(of: Layout.liveNames, but: path) + [.write(path: path, bytes: bytes)]
        if app.isDraftAtHead, app.draft?.facts.hash == version.contentHash {
            edits += app.removals(of: Layout.draftNames, but: nil)
        }
    }

    private init(undeploying app: App, read: Read) throws(ActError) {
        guard let live = app.live else { throw .notLive(app.id) }
        self.init(app: app.id, title: "Undeploy \(app.id)", version: live.version)
        if !live.deploys, app.isLiveAtHead { return }
        let bytes = try Self.setting(deploys: false, in: read(live.blob), ManifestFormat(path: live.path) ?? .yaml)
        edits = app.removals(of: Layout.liveNames, but: live.path) + [.write(path: live.path, bytes: bytes)]
    }

    private static func existing(_ app: App?, _ id: AppID) throws(ActError) -> App {
        guard let app else { throw .unknownApp(id) }
        return app
    }

    private static func writable(_ app: App?, _ id: AppID, _ mindsReadOnly: Bool) throws(ActError) -> App {
        let app = try existing(app, id)
        if mindsReadOnly, app.isReadOnly { throw .readOnly(id) }
        return app
    }

    private static func setting(
        deploys: Bool, in bytes: [UInt8], _ format: ManifestFormat
    ) throws(ActError) -> [UInt8] {
        do {
            return try Manifest.settingDeploy(deploys, in: bytes, format: format)
        } catch {
            throw .invalid(error)
        }
    }
}

extension AppID {
    var draftPath: String { "\(folder)/draft.yaml" }

    /// A version's own file keeps its format.
    func livePath(_ format: ManifestFormat) -> String { "\(folder)/graph.\(format == .json ? "json" : "yaml")" }
}

extension App {
    /// Whether ``live`` is what lies in the folder at HEAD, and not the last good one of before.
    var isLiveAtHead: Bool { isAtHead(Layout.liveNames, blob: live?.blob) }
    var isDraftAtHead: Bool { isAtHead(Layout.draftNames, blob: draft?.blob) }

    private func isAtHead(_ names: [String], blob: ObjectID?) -> Bool {
        let found = files.filter { names.contains($0.name) }
        return found.count == 1 && found[0].id == blob
    }

    /// Removes the files of one of the two places, but for the one at a path.
    func removals(of names: [String], but kept: String?) -> [ActPlan.Edit] {
        files.filter { names.contains($0.name) }.map { "\(id.folder)/\($0.name)" }
            .filter { $0 != kept }.map { .remove(path: $0) }
    }
}

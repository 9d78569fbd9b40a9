import Apps

/// A simple picture of a graph repository to compare with: what each app's graphs say, and which contents were seen.
///
/// It knows nothing of commits and hashes; a content is a number.
struct Model {
    struct Manifest: Equatable {
        /// nil where the file does not check.
        var content: Int?
        var deploys = true
    }

    struct Files: Equatable {
        var live: Manifest?
        var draft: Manifest?

        var isEmpty: Bool { live == nil && draft == nil }
    }

    struct App: Equatable {
        /// The contents of versions 1, 2, 3 …
        var versions: [Int] = []
        var live: Manifest?
        var draft: Manifest?

        var activeVersion: Int {
            guard let live, live.deploys, let content = live.content else { return 0 }
            return (versions.firstIndex(of: content) ?? -1) + 1
        }
    }

    private(set) var apps: [AppID: App] = [:]

    /// Takes the files of one app as the next step of the branch's line leaves them.
    mutating func take(_ id: AppID, _ files: Files) {
        if files.isEmpty {
            apps[id] = nil
            return
        }
        var app = apps[id] ?? App()
        for (file, place) in [(files.live, \App.live), (files.draft, \App.draft)] {
            guard let file else {
                app[keyPath: place] = nil
                continue
            }
            guard let content = file.content else { continue }  // stays at the last good one
            if !app.versions.contains(content) { app.versions.append(content) }
            app[keyPath: place] = file
        }
        apps[id] = app
    }
}

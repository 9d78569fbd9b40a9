import Apps
import Foundation
import Git
import Graphs

/// Finds the manifests below a path and checks them.
enum CheckedFiles {
    static func check(_ path: String, into report: inout CheckReport) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure("there is no file or folder \(path)")
        }
        guard isFolder.boolValue else {
            try file(path, shown: path, place: place(of: path), into: &report)
            return
        }
        let isWorkTree = ["apps", "rampart.yaml"].contains {
            FileManager.default.fileExists(atPath: "\(path)/\($0)")
        }
        var apps: [String: [String]] = [:]
        for name in try names(below: path) {
            let full = "\(path)/\(name)"
            let shown = path == "." ? name : full
            guard isWorkTree else {
                if ManifestFormat(path: name) != nil, isManifest(full) {
                    try file(full, shown: shown, place: nil, into: &report)
                }
                continue
            }
            switch Layout.place(of: name, kind: kind(full)) {
            case .live(let id, _):
                apps["\(id) live graph", default: []].append(shown)
                try file(full, shown: shown, place: id, into: &report)
            case .draft(let id, _):
                apps["\(id) draft", default: []].append(shown)
                try file(full, shown: shown, place: id, into: &report)
            case .dashboard: try dashboard(full, shown: shown, into: &report)
            case .config(let id):
                apps["node config \(id)", default: []].append(shown)
                try config(full, shown: shown, into: &report)
            case .stray(var problem):
                problem.file = shown
                report.problems.append(problem)
            default: continue
            }
        }
        for (what, files) in apps.sorted(by: { $0.key < $1.key }) where files.count > 1 {
            report.problems.append(
                Problem(
                    file: files[1], path: "",
                    message: "the \(what) stands in \(files.joined(separator: " and ")); keep one of them"))
        }
    }

    /// Checks one manifest, and where it belongs to an app, that it says so.
    private static func file(_ path: String, shown: String, place: AppID?, into report: inout CheckReport) throws {
        report.files += 1
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        do throws(Problems) {
            let manifest = try Manifest(reading: bytes, format: ManifestFormat(path: path) ?? .yaml, file: shown)
            if let place, var problem = Layout.mismatch(of: manifest, in: place, path: shown) {
                problem.file = shown
                report.problems.append(problem)
            }
        } catch {
            report.problems += error.list
        }
    }

    private static func dashboard(_ path: String, shown: String, into report: inout CheckReport) throws {
        report.files += 1
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        do throws(Problems) {
            _ = try DashboardContent(reading: bytes, file: shown)
        } catch {
            report.problems += error.list
        }
    }

    private static func config(_ path: String, shown: String, into report: inout CheckReport) throws {
        report.files += 1
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        do throws(Problems) {
            _ = try NodeConfigContent(reading: bytes, format: ManifestFormat(path: path) ?? .yaml, file: shown)
        } catch {
            report.problems += error.list
        }
    }

    /// The app that a file of a work tree belongs to, by the end of its path.
    private static func place(of path: String) -> AppID? {
        let parts = URL(fileURLWithPath: path).standardizedFileURL.path.split(separator: "/").suffix(4)
        guard parts.first == "apps", parts.count == 4 else { return nil }
        switch Layout.place(of: parts.joined(separator: "/"), kind: .file) {
        case .live(let id, _), .draft(let id, _): return id
        default: return nil
        }
    }

    /// The files below a folder by their path in it, sorted; links are listed and not followed, `.git` is left out.
    private static func names(below folder: String) throws -> [String] {
        var found: [String] = []
        func walk(_ prefix: String, _ depth: Int) throws {
            guard depth < 64 else { throw Failure("\(folder)/\(prefix): folders lie too deep in one another") }
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(prefix)").sorted() {
                if name == ".git" || name == ".build" { continue }
                let path = prefix + name
                let type = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")[.type]
                if type as? FileAttributeType == .typeDirectory {
                    try walk(path + "/", depth + 1)
                } else {
                    found.append(path)
                }
            }
        }
        try walk("", 0)
        return found
    }

    private static func kind(_ path: String) -> EntryKind {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeSymbolicLink ? .link : .file
    }

    /// Whether a file outside of a work tree is meant to be a RampartGraph: other YAML files are nobody's business.
    private static func isManifest(_ path: String) -> Bool {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
        return text.contains("RampartGraph")
    }
}

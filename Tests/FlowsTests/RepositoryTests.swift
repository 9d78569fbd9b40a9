import Foundation
import JSONValues
import TestSupport
import Testing

@testable import Flows

/// Git repositories in flows: read as git has them, and never a way to another repository.
@Suite struct RepositoryTests {
    private let beside: FlowsBeside

    init() async throws {
        beside = try FlowsBeside()
        try await Self.fill(beside.folder, "flows/code")
    }

    /// A clone with files: main, dev, and a tag; `src/train.py` differs on dev.
    static func fill(_ folder: TemporaryFolder, _ name: String) async throws {
        try folder.write("# Code\n", to: "\(name)/README.md")
        try folder.write("print(\"hello\")\n", to: "\(name)/src/train.py")
        let place = folder.appending(name)
        try await Command.git("init", "--quiet", "--initial-branch=main", in: place)
        try await Command.git("add", ".", in: place)
        try await Command.git("commit", "--quiet", "-m", "first", in: place)
        try await Command.git("tag", "-a", "-m", "first", "v1", in: place)
        try await Command.git("checkout", "--quiet", "-b", "dev", in: place)
        try folder.write("print(\"dev\")\n", to: "\(name)/src/train.py")
        try await Command.git("commit", "--quiet", "-am", "dev", in: place)
        try await Command.git("checkout", "--quiet", "main", in: place)
    }

    @Test func showsBranchesAndTags() async throws {
        try await beside.run { beside async throws in
            let answer = try await beside.get("code/repo-metadata")
            #expect(answer.json == ["defaultBranch": "main", "branches": ["dev", "* main"], "tags": ["v1"]])
            #expect(try await beside.get("code/repo-check").json == ["status": "normal"])
        }
    }

    @Test(arguments: ["branch=main", "branch=dev", "tag=v1", "branch=dev&tag=v1", "", "branch=", "tag=&branch="])
    func showsWhatGitShows(_ point: String) async throws {
        let name = point.contains("tag=v1") ? "v1" : point.contains("dev") ? "dev" : "main"
        let file = try await Command.git("show", "\(name):src/train.py", in: beside.folder.appending("flows/code"))
        try await beside.run { beside async throws in
            let query = point.isEmpty ? "" : "&" + point
            let root = try await beside.get("code/repo-directory?path=/" + query)
            #expect(root.json["branch"]?.string == name)
            #expect(root.names == ["README.md", "src/"])
            #expect(try await beside.get("code/repo-directory?path=src" + query).names == ["train.py"])
            let answer = try await beside.get("code/repo-file?path=/src/train.py" + query)
            #expect(answer.text == file + "\n" && answer.headers["content-type"] == "text/x-python; charset=utf-8")
            let tag = answer.headers["etag"] ?? ""
            let again = try await beside.get(
                "code/repo-file?path=src/train.py" + query, headers: ["If-None-Match": tag])
            #expect(again.status == 304)
            let part = try await beside.get("code/repo-file?path=src/train.py" + query, headers: ["Range": "bytes=0-4"])
            #expect(part.status == 206 && part.text == "print")
        }
    }

    @Test(arguments: [
        ("code/repo-directory?path=/&branch=nope", 404), ("code/repo-directory?path=/&tag=nope", 404),
        ("code/repo-directory?path=nope&branch=main", 404), ("code/repo-directory?path=README.md&branch=main", 400),
        ("code/repo-file?path=nope&branch=main", 404), ("code/repo-file?path=src&branch=main", 400),
        ("code/repo-file?path=../x&branch=main", 400), ("code/repo-file?branch=main", 422),
        ("data/repo-metadata", 404), ("data/repo-check", 404), ("nope/repo-metadata", 404),
    ])
    func saysWhatIsWrong(_ path: String, _ status: Int) async throws {
        try await beside.run { beside async throws in
            let answer = try await beside.get(path)
            #expect(answer.status == status && answer.json["detail"] != nil, "\(answer.text)")
        }
    }

    /// A name is a branch's or a tag's and nothing else that git could make of it.
    @Test(arguments: [
        "HEAD", "main~1", "dev^", "main@{0}", "HEAD:README.md", "refs/heads/main", "../tags/v1", "--all", "-n1", "@",
        "main:src", "heads/main", "../../HEAD", "main%00", "ma*n",
    ])
    func namesAreReferencesOnly(_ name: String) async throws {
        let id = try await Command.git("rev-parse", "main", in: beside.folder.appending("flows/code"))
        try await beside.run { beside async throws in
            for text in [name, id] {
                let encoded = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
                for kind in ["branch", "tag"] {
                    let answer = try await beside.get("code/repo-directory?path=/&\(kind)=\(encoded)")
                    #expect(answer.status == 404, "\(kind) \(text): \(answer.text)")
                }
            }
        }
    }

    @Test(arguments: ["bare", "bare/bare_clone"]) func readsBareClones(_ place: String) async throws {
        try await Command.git(
            "clone", "--quiet", "--bare", "code", place, in: beside.folder.appending("flows"))
        try await beside.run { beside async throws in
            let answer = try await beside.get("bare/repo-metadata")
            #expect(answer.json == ["defaultBranch": "main", "branches": ["dev", "* main"], "tags": ["v1"]])
            #expect(try await beside.get("bare/repo-file?path=README.md&branch=main").text == "# Code\n")
        }
    }

    @Test func seesWhatIsPushedAndWhatIsReplaced() async throws {
        try await beside.run { beside async throws in
            #expect(try await beside.get("code/repo-directory?path=/").names == ["README.md", "src/"])
            let code = beside.folder.appending("flows/code")
            try beside.folder.write("x", to: "flows/code/new.txt")
            try await Command.git("add", ".", in: code)
            try await Command.git("commit", "--quiet", "-m", "more", in: code)
            #expect(try await beside.get("code/repo-directory?path=/").names == ["README.md", "new.txt", "src/"])
            try await Command.git("gc", "--quiet", "--prune=now", in: code)
            #expect(try await beside.get("code/repo-file?path=new.txt").text == "x")
            try FileManager.default.removeItem(atPath: code)
            #expect(try await beside.get("code/repo-check").status == 404)
            try await Self.fill(beside.folder, "flows/code")
            #expect(try await beside.get("code/repo-directory?path=/").names == ["README.md", "src/"])
        }
    }

    /// Each way in which a repository can borrow what is not in its folder.
    @Test(arguments: ["alternates", "commondir", "gitfile", "git-link", "objects-link", "pack-link", "refs-link"])
    func borrowsNothing(_ way: String) async throws {
        let folder = beside.folder
        let other = folder.appending("flows/code/.git")
        let mine = folder.appending("flows/thief/.git")
        let files = FileManager.default
        try files.createDirectory(atPath: folder.appending("flows/thief"), withIntermediateDirectories: true)
        if way == "gitfile" {
            try folder.write("gitdir: \(other)\n", to: "flows/thief/.git")
        } else if way == "git-link" {
            try files.createSymbolicLink(atPath: mine, withDestinationPath: other)
        } else {
            try await Command.git("init", "--quiet", "--initial-branch=main", in: folder.appending("flows/thief"))
            let head = try await Command.git("rev-parse", "main", in: folder.appending("flows/code"))
            try folder.write(head, to: "flows/thief/.git/refs/heads/main")
        }
        func replace(_ name: String) throws {
            try files.removeItem(atPath: "\(mine)/\(name)")
            try files.createSymbolicLink(atPath: "\(mine)/\(name)", withDestinationPath: "\(other)/\(name)")
        }
        switch way {
        case "alternates": try folder.write("\(other)/objects\n", to: "flows/thief/.git/objects/info/alternates")
        case "commondir": try folder.write("\(other)\n", to: "flows/thief/.git/commondir")
        case "objects-link": try replace("objects")
        case "pack-link": try replace("objects/pack")
        case "refs-link": try replace("refs/heads")
        default: break
        }
        try await beside.run { beside async throws in
            for path in ["repo-metadata", "repo-check", "repo-directory?path=/", "repo-file?path=README.md"] {
                let answer = try await beside.get("thief/\(path)")
                #expect([403, 404].contains(answer.status), "\(path): \(answer.text)")
            }
        }
    }
}

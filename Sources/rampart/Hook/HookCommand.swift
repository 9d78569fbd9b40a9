import Apps
import ArgumentParser
import Foundation
import Git
import Signatures

/// `rampart hook`: what git runs.
struct HookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hook", abstract: "What git's hooks run.", shouldDisplay: false,
        subcommands: [PreReceiveCommand.self])
}

/// `rampart hook pre-receive`: says whether a push may go on.
struct PreReceiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pre-receive",
        abstract: "Check a push; git runs this in the graph repository, through the hook that 'rampart serve' writes.",
        discussion: """
            Reads lines of '<old> <new> <reference>' from standard input (githooks(5)) and says on standard error what \
            is wrong. Exit code 0: the push may go on. 1: it is refused.
            """)

    @Option(help: ArgumentHelp("The branch that is applied.", valueName: "name"))
    var branch = "main"

    @Option(
        name: .customLong("verify-signatures"),
        help: ArgumentHelp("Refuse commits that are not signed by a key of this list.", valueName: "file"))
    var allowedSigners: String?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let lines = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        do {
            guard let push = Push(lines: lines) else {
                throw Failure("'\(lines.prefix(80))' is not what git tells a pre-receive hook")
            }
            let repository = try Repository(
                opening: environment["GIT_DIR"] ?? ".", withObjectsIn: Self.objects(environment))
            let verifier = try allowedSigners.map { SigningOptions.verifier(try AllowedSignersFile($0)) }
            var verdict = try PushVerdict(on: push, branch: branch, in: repository, verifier: verifier)
            try verdict.refuse(HookRights.refusals(of: verdict, environment))
            for line in HookText.lines(verdict) { Terminal.note(line) }
            if !verdict.problems.isEmpty { throw ExitCode(1) }
        } catch let error as ExitCode {
            throw error
        } catch {
            Terminal.note("rampart: the push could not be checked, and nothing was pushed: \(error)")
            throw ExitCode(1)
        }
    }

    /// Where git keeps the objects of a push until it is let in (git-receive-pack(1), "Quarantine environment").
    static func objects(_ environment: [String: String]) -> [String] {
        let others = environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? ""
        return ([environment["GIT_OBJECT_DIRECTORY"] ?? ""] + others.split(separator: ":").map(String.init))
            .filter { !$0.isEmpty }
    }
}

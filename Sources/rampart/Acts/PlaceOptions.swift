import Apps
import ArgumentParser
import Foundation
import Git
import Logging
import Secrets
import Signatures

/// Where a command finds the apps, and in whose name it commits.
struct PlaceOptions: ParsableArguments {
    @OptionGroup var service: ServiceAddress

    @Option(help: ArgumentHelp("Without a service: the folder of its data.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("The branch that is applied, with --data.", valueName: "name"))
    var branch = "main"

    func validate() throws {
        guard service.url == nil || data == nil else {
            throw ValidationError("Say where: --url URL or --data DIR, not both.")
        }
        guard data == nil || service.tokenFile == nil else { throw ValidationError("--token-file goes with --url.") }
    }

    /// - Parameter author: who commits offline; nil for who git takes the caller for.
    func place(author: AuthorOptions? = nil) async throws -> any AppPlace {
        guard let data else {
            guard author?.signingKey == nil else {
                throw ValidationError("--signing-key goes with --data; a service signs with a key of its own.")
            }
            return RemoteApps(client: try service.client())
        }
        let signature = try author?.author.map(Author.read)
        let store: AppStore
        do {
            let signer = try author?.signingKey.map { SigningOptions.signer(try SignatureFiles.signingKey($0)) }
            if let author, author.signingKey == nil, try OfflineStore.wantsSignatures(data: data) {
                throw Refused("the service on \(data) applies signed commits only; sign with --signing-key FILE")
            }
            store = try await OfflineStore.open(data: data, branch: branch, usesCache: true, signer: signer)
        } catch let error as SignatureError {
            throw Refused("\(error)")
        } catch let error as Refused {
            throw error
        } catch { throw Unreachable("\(error)") }
        return OfflineApps(store: store, data: data, branch: branch) {
            if let signature { return signature }
            return try await GitIdentity.author()
        }
    }
}

/// Which service is asked.
struct ServiceAddress: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A running service, with its base path; else RAMPART_URL, else http://127.0.0.1:8080.", valueName: "url"))
    var url: String?

    @Option(
        name: .customLong("token-file"),
        help: ArgumentHelp(
            "A file with the token to show to the service; else RAMPART_TOKEN_FILE, else the token in RAMPART_TOKEN.",
            valueName: "file"))
    var tokenFile: String?

    @Option(
        name: .customLong("ca"),
        help: ArgumentHelp(
            "The authorities in PEM that the service's certificate comes from; else RAMPART_CA.", valueName: "file"))
    var certificateAuthority: String?

    func client() throws -> ServiceClient {
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        return try ServiceClient(
            url: url ?? environment["RAMPART_URL"] ?? "http://127.0.0.1:8080",
            tokenFile: tokenFile ?? environment["RAMPART_TOKEN_FILE"],
            token: environment["RAMPART_TOKEN"].map { Secret($0) },
            certificateAuthority: certificateAuthority ?? environment["RAMPART_CA"])
    }
}

/// In whose name a command commits.
struct AuthorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Who does it, with --data; else whom git takes you for. A service knows by itself.",
            valueName: "name <email>"))
    var author: String?

    @Option(
        name: .customLong("signing-key"),
        help: ArgumentHelp("Sign the commit with this SSH key, with --data; see rampart serve.", valueName: "file"))
    var signingKey: String?
}

/// What every command has that changes something.
struct ActOptions: ParsableArguments {
    @OptionGroup var target: PlaceOptions
    @OptionGroup var author: AuthorOptions

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func place() async throws -> any AppPlace { try await target.place(author: author) }
}

extension AsyncParsableCommand {
    /// Runs a command's body; says what went wrong on standard error and with the exit code: 1 for what was refused, 2
    /// where the service or the repository could not be asked.
    func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as Refused {
            Terminal.note("rampart \(Self.configuration.commandName ?? ""): \(error)")
            throw ExitCode(1)
        } catch let error as Unreachable {
            Terminal.note("rampart \(Self.configuration.commandName ?? ""): \(error)")
            throw ExitCode(2)
        }
    }
}

/// An app on a command line.
struct AppArgument: ExpressibleByArgument {
    let id: AppID

    /// `<namespace>_<name>` or `<namespace>/<name>`.
    init?(argument: String) {
        guard let id = AppID(argument.replacing("/", with: "_", maxReplacements: 1)) else { return nil }
        self.id = id
    }
}

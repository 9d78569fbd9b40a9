import Access
import ArgumentParser
import JSONValues
import Secrets

/// `rampart token`: makes a token, and the entry for it in a tokens file.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Make a token for somebody, and the entry for the service's tokens file.",
        discussion: """
            The token is shown once and kept nowhere: give it to whom it is for, and put the entry, which holds only its \
            SHA-256, into the file of 'rampart serve --tokens FILE' below 'tokens:'. The service takes it within a second.

            EXAMPLES
              rampart token --user ada --name "Ada Lovelace" --email ada@example.com --group engineers
              rampart token --user ci --group bots --expires 2027-01-31T00:00:00Z --format json
            """)

    @Option(help: "By which name policies and logs know who has it.")
    var user: String

    @Option(help: "The author's name of its commits.")
    var name: String?

    @Option(help: "The author's address of its commits.")
    var email: String?

    @Option(name: .customLong("group"), help: "A group; repeat for several.")
    var groups: [String] = []

    @Option(help: ArgumentHelp("From when on it is no longer good.", valueName: "time"))
    var expires: String?

    @Option(help: "How to print: text or json.")
    var format: OutputFormat = .text

    func run() throws {
        let made = NewToken()
        let entry = made.entry(user: user, name: name, email: email, groups: groups, expires: expires)
        do throws(SettingsProblems) {
            _ = try TokenTable(reading: Array("tokens:\n\(entry)\n".utf8), file: "the entry")
        } catch {
            throw ValidationError("\(error.list.map { "\($0.path): \($0.message)" }.joined(separator: "; "))")
        }
        switch format {
        case .json:
            let answer: JSON = [
                "token": .string(made.token.exposed), "sha256": .string(made.digest.hexadecimal),
                "entry": .string(entry),
            ]
            Terminal.print(answer.text(.pretty))
        case .text:
            Terminal.note("The token, shown this once:")
            Terminal.print(made.token.exposed)
            Terminal.note("The entry, for the list 'tokens' of the tokens file:")
            Terminal.print(entry)
        }
    }
}

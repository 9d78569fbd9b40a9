import Foundation
import Gzip
import JSONValues
public import Kubernetes

/// What Helm says of releases that have failed or are on their way, in its own words.
///
/// That stands in the data of the Secret that a release is kept in, beside everything that was installed. Only the
/// message is taken from there, of the one Secret whose message is to be shown, and kept for as long as the Secret does
/// not change, at most a while. Nothing else of the data is kept, and none of it is logged.
public actor ReleaseMessages {
    private struct Key: Hashable {
        let uid: String
        let resourceVersion: String
    }

    private struct Answer {
        let message: String?
        let age: @Sendable () -> Duration
    }

    /// Over this a release's data is left alone. Kubernetes lets a Secret have 1 MiB.
    static let longestData = 3 << 20
    /// What it may unpack to.
    static let longestRelease = 32 << 20
    /// What is shown of a message.
    static let longestMessage = 2_000

    private let client: KubernetesClient
    private let patience: Duration
    private let lifetime: Duration
    private let clock: any Clock<Duration>
    /// Begins to measure an age.
    private let stopwatch: @Sendable () -> @Sendable () -> Duration
    private var answers: [Key: Answer] = [:]

    /// - Parameters:
    ///   - patience: how long reading a Secret may take.
    ///   - lifetime: how long a message counts, and how long one that cannot be read is not asked for again.
    public init(
        client: KubernetesClient, patience: Duration = .seconds(2), lifetime: Duration = .seconds(60),
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        self.client = client
        self.patience = patience
        self.lifetime = lifetime
        self.clock = clock
        stopwatch = {
            let begin = clock.now
            return { begin.duration(to: clock.now) }
        }
    }

    /// Helm's own words about a release; nil where they cannot be read in time, or may not be.
    public func message(of release: Release) async -> String? {
        let key = Key(uid: release.uid, resourceVersion: release.resourceVersion)
        if let known = answers[key], known.age() < lifetime { return known.message }
        let message = await read(release)
        if answers.count >= 1_000 { answers = answers.filter { $0.value.age() < lifetime } }
        if answers.count >= 1_000 { answers = [:] }
        answers[key] = Answer(message: message, age: stopwatch())
        return message
    }

    private func read(_ release: Release) async -> String? {
        let (client, clock, patience) = (client, clock, patience)
        return await withTaskGroup(of: String?.self) { group in
            group.addTask {
                // Whatever the reason is, most of all that it is not allowed: the release's state still says enough.
                guard
                    let secret = try? await client.get(
                        .secrets, namespace: release.namespace, name: release.secret),
                    // The state that is shown is that of this Secret, not of one that came after.
                    secret.uid == release.uid, secret.label("status") == release.status
                else { return nil }
                return Self.message(in: secret.json.at("data", "release")?.string ?? "")
            }
            group.addTask {
                try? await clock.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The message in what a Secret of Helm's holds: base64, as all data of Secrets; in it base64 of gzip of JSON, of which
    /// `info.description` is the message.
    ///
    /// - Returns: nil where it is anything else, or too large.
    static func message(in data: String) -> String? {
        guard data.utf8.count <= longestData, let outer = Data(base64Encoded: data),
            let inner = Data(base64Encoded: outer),
            let bytes = try? Gzip.unpack(inner, limit: longestRelease),
            let description = try? JSON(parsing: bytes).at("info", "description")?.string
        else { return nil }
        let message = description.trimmingCharacters(in: .whitespacesAndNewlines)
        return message.isEmpty ? nil : String(message.prefix(longestMessage))
    }
}

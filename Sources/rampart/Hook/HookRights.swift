import Apps
import GitHTTP

/// Whether whoever pushes may.
enum HookRights {
    /// The variable by which an operator says that who pushes by ssh or the file system is an administrator.
    static let adminVariable = "RAMPART_ADMIN"

    /// Why a push is refused.
    ///
    /// Over HTTP the service knows who pushes, and is asked. By ssh and the file system whoever gets here may write to
    /// the repository; only what is read-only stays so, unless the operator says otherwise.
    /// - Throws: ``Failure`` where the service cannot say.
    static func refusals(of verdict: PushVerdict, _ environment: [String: String]) throws -> [String] {
        let question = PushQuestion(
            needs: verdict.needs, commit: verdict.commit, problems: verdict.problems.count)
        let line: String?
        do throws(HookLineError) {
            line = try HookLine.ask(question.line, environment: environment)
        } catch {
            throw Failure("the service that took it cannot be asked who may push: \(error)")
        }
        guard let line else {
            if environment[adminVariable] == "true" { return [] }
            let locked = Dictionary(grouping: verdict.needs.readOnly, by: \.namespace)
            return locked.sorted { $0.key < $1.key }.map { PushNeeds.readOnlyRefusal($0.value) }
        }
        switch PushAnswer(line: line) {
        case .refused(let refusals): return refusals
        case .failed(let why): throw Failure("whether you may push cannot be told: \(why)")
        case nil: throw Failure("the service's answer cannot be read; is it of another version?")
        }
    }
}

import Access
import Apps
import Git
import Hummingbird

extension Exchange {
    /// Goes on only where the caller may do something somewhere.
    ///
    /// - Throws: ``RestError`` 403, or 503 where whoever decides cannot be asked.
    func demand(_ permission: Permission, in scope: Scope) async throws(RestError) {
        guard let rights, try await !rights.isAllowed(permission, in: scope) else { return }
        throw .forbidden(rights.caller, permission, scope)
    }

    /// What the caller of this task's request may see: everything outside of requests, and where nobody is asked.
    static func visibility() async throws(RestError) -> Visibility {
        guard let rights = current?.rights else { return .all }
        do throws(AccessError) { return try await rights.visibility() } catch { throw RestError(error) }
    }

    /// ``demand(_:in:)`` of this task's request.
    static func demand(_ permission: Permission, in scope: Scope) async throws(RestError) {
        try await current?.demand(permission, in: scope)
    }
}

extension Exchange {
    /// ``demand(_:in:)`` of this task's request in all namespaces; whether the caller is an administrator then counts for
    /// all of them too.
    static func demandEverywhere(_ permission: Permission) async throws(RestError) {
        guard let exchange = current, let rights = exchange.rights else { return }
        try await exchange.demand(permission, in: .everywhere)
        exchange.isAdmin = try await rights.isAllowed(.administer, in: .everywhere)
    }
}

extension CallerRights {
    func isAllowed(_ permission: Permission, in scope: Scope) async throws(RestError) -> Bool {
        do throws(AccessError) { return try await allows(permission, in: scope) } catch { throw RestError(error) }
    }
}

extension AppView {
    /// - Throws: ``RestError/readOnly(_:)``, but not for administrators.
    func checkIsWritable() throws(RestError) {
        if isReadOnly, Exchange.current?.isAdmin != true { throw .readOnly(app.id) }
    }
}

extension AppSource {
    /// Does an act in the name of whoever asks, and notes for the audit what came of it.
    func perform(
        _ act: Act, for request: Request, _ options: ServiceOptions, expecting: ObjectID?
    ) async throws(ActError) -> ActResult {
        let exchange = Exchange.current
        exchange?.note(subject: "\(act.subject)", commit: nil)
        let result = try await perform(
            act, by: options.signature(of: request), expecting: expecting, asAdmin: exchange?.isAdmin ?? false)
        exchange?.note(subject: "\(act.subject)", commit: result.commit?.description)
        return result
    }
}

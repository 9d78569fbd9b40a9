/// Has something found out once for all who want to know it at the same time.
actor Coalescer<Key: Hashable & Sendable, Value: Sendable> {
    private var waiting: [Key: [CheckedContinuation<Value?, Never>]] = [:]

    /// The value that the first one who asks finds out.
    ///
    /// - Parameter find: where its task is cancelled, its value is not given to the others; one of them tries anew.
    func value(for key: Key, find: @Sendable () async -> Value) async -> Value {
        while waiting[key] != nil {
            let value = await withCheckedContinuation { waiting[key, default: []].append($0) }
            if let value { return value }
        }
        waiting[key] = []
        let value = await find()
        let shared = Task.isCancelled ? nil : value
        for continuation in waiting.removeValue(forKey: key) ?? [] { continuation.resume(returning: shared) }
        return value
    }
}

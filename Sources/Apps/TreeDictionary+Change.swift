import HashTreeCollections

extension TreeDictionary {
    /// Changes a value without a copy of it: it is taken out and put back.
    ///
    /// What `self[key]?.change()` would do, but that one looks, in builds with assertions, at nodes that whoever else holds
    /// the same tree may just be letting go of, and traps (swift-collections 1.6.0, `_UnsafePath.descendToChild`).
    /// - Returns: what the closure returns; nil where there is no such key.
    @discardableResult
    mutating func change<Result, Failure: Error>(
        _ key: Key, _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard var value = removeValue(forKey: key) else { return nil }
        defer { updateValue(value, forKey: key) }
        return try body(&value)
    }
}

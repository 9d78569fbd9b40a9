import Git

// How the history of an app stands in the fold cache; writing and reading side by side.

extension ByteWriter {
    mutating func touches(of id: AppID, _ log: TouchLog) {
        text(id.namespace)
        text(id.name)
        number(log.count)
        for index in 0..<log.count {
            let touch = log[index]
            self.id(touch.commit)
            number(touch.versions)
            number(touch.live)
            number(touch.draft)
            number((touch.deploys ? 1 : 0) | (touch.isInvalid ? 2 : 0) | (touch.isRemoved ? 4 : 0))
        }
    }
}

extension ByteReader {
    mutating func touches() throws(Malformed) -> (id: AppID, log: TouchLog) {
        let namespace = try text()
        guard let id = AppID(namespace: namespace, name: try text()) else { throw Malformed() }
        var log = TouchLog()
        for _ in 0..<(try count()) {
            let commit = try self.id()
            let (versions, live, draft) = (try small(), try small(), try small())
            let flags = try number()
            log.append(
                Touch(
                    commit: commit, versions: versions, live: live, draft: draft, deploys: flags & 1 != 0,
                    isInvalid: flags & 2 != 0, isRemoved: flags & 4 != 0))
        }
        return (id, log)
    }

    private mutating func small() throws(Malformed) -> Int32 {
        guard let number = Int32(exactly: try number()) else { throw Malformed() }
        return number
    }
}

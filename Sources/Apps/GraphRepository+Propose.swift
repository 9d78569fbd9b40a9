import Git

extension GraphRepository {
    /// Writes an act as a commit on the head, on a branch of its own; the branch that is applied stays where it is.
    ///
    /// The same act proposed again on the same head by the same person is the proposal of before.
    /// - Returns: nil where the tree is already as the act wants it.
    func propose(_ request: Request) -> Result<Proposal?, ActError> {
        do throws(ActError) {
            return .success(try proposed(request))
        } catch {
            return .failure(error)
        }
    }

    private func proposed(_ request: Request) throws(ActError) -> Proposal? {
        try kept { () throws(GitError) in try catchUp() }
        var request = request
        request.isProposal = true
        // Folded into a copy, which nobody sees.
        var attempt = Attempt(history: history)
        let result = try carryOut(request, in: &attempt).get()
        guard let id = result.commit else { return nil }
        return try kept { () throws(GitError) in
            let commit = try repository.commit(id)
            let place = "refs/heads/rampart/\(request.act.subject.branchPart)"
            for (name, target) in try repository.references("\(place)/*") {
                guard try repository.kind(of: target) == "commit" else { continue }
                let other = try repository.commit(target)
                guard other.tree == commit.tree, other.parents == commit.parents,
                    other.author.name == commit.author.name, other.author.email == commit.author.email
                else { continue }
                return Proposal(
                    branch: name, commit: target, title: other.subject, version: result.version, isNew: false)
            }
            let branch = try ReferenceName.branch("\(place.dropFirst("refs/heads/".count))/\(id.short)")
            try repository.flush()
            try repository.update(branch, from: nil, to: id, reflog: "rampart: propose")
            return Proposal(
                branch: branch, commit: id, title: commit.subject, version: result.version, isNew: true)
        }
    }

    /// Takes the branch of a proposal away again.
    func withdraw(_ proposal: Proposal) throws(GitError) {
        try repository.delete(proposal.branch, from: proposal.commit)
    }

    private func kept<Value>(_ body: () throws(GitError) -> Value) throws(ActError) -> Value {
        do throws(GitError) {
            return try body()
        } catch {
            throw error.isPassing ? .busy(error.description) : .storage(error.description)
        }
    }
}

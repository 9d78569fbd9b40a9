import Git

extension AppStore {
    /// Lets go of packs, also of those that have been replaced: the room on the disk is free only then.
    ///
    /// What is read next opens those that are there.
    public func letGoOfPacks() async {
        graphs.repository.dropCaches()
        await reads.letGoOfPacks()
        await index.letGoOfPacks()
    }
}

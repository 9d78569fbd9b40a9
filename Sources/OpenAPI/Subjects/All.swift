extension Subject {
    /// All subjects, in the order in which people read them. A new one is one line here, and a file beside this one.
    static let all: [Subject] = [
        .apps,
        .versions,
        .deployment,
        .history,
        .proposals,
        .graphs,
        .status,
        .links,
        .flows,
        .edges,
        .nodeConfigs,
        .sync,
        .events,
        .webhooks,
        .git,
        .health,
        .metrics,
        .description,
        .common,
    ]
}

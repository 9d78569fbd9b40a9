import JSONValues

/// Payloads with the members that the forges document, cut to what is realistic.
enum Payload {
    static let before = "28e1879d029cb852e4844d9c718537df08844e03"
    static let after = "bffeb74224043ba2feb48d137756c8a9331c449a"
    static let zero = String(repeating: "0", count: 40)

    static func gitHub(
        ref: String = "refs/heads/main", after: String = after, deleted: Bool = false,
        repository: String = "acme/graphs"
    ) -> JSON {
        [
            "ref": .string(ref), "before": .string(before), "after": .string(after), "created": false,
            "deleted": .bool(deleted), "forced": false, "base_ref": .null,
            "compare": .string("https://github.com/\(repository)/compare/28e1879d029c...bffeb7422404"),
            "repository": [
                "id": 186_853_002, "name": "graphs", "full_name": .string(repository), "private": true,
                "owner": ["login": "acme", "id": 21_031_067],
                "clone_url": .string("https://github.com/\(repository).git"), "default_branch": "main",
            ],
            "pusher": ["name": "ada", "email": "ada@example.com"],
            "head_commit": [
                "id": .string(after), "message": "Two replicas", "timestamp": "2026-03-01T10:00:00+01:00",
                "added": [], "removed": [], "modified": ["apps/vision/labelling/graph.yaml"],
            ],
            "commits": [["id": .string(after), "message": "Two replicas", "distinct": true]],
        ]
    }

    static let gitHubPing: JSON = [
        "zen": "Keep it logically awesome.", "hook_id": 30,
        "hook": ["type": "Repository", "id": 30, "active": true, "events": ["push"]],
        "repository": ["full_name": "acme/graphs"],
    ]

    static func gitea(ref: String = "refs/heads/main", after: String = after) -> JSON {
        [
            "ref": .string(ref), "before": .string(before), "after": .string(after),
            "compare_url": "http://git.example.com/acme/graphs/compare/28e1879d...bffeb742",
            "commits": [["id": .string(after), "message": "Two replicas\n", "verification": .null]],
            "total_commits": 1,
            "repository": [
                "id": 140, "name": "graphs", "full_name": "acme/graphs", "private": false,
                "clone_url": "http://git.example.com/acme/graphs.git",
                "ssh_url": "ssh://git@git.example.com/acme/graphs.git",
            ],
            "pusher": ["id": 1, "login": "ada", "email": "ada@example.com"],
        ]
    }

    static func gitLab(ref: String = "refs/heads/main", after: String = after, kind: String = "push") -> JSON {
        [
            "object_kind": .string(kind), "event_name": .string(kind), "before": .string(before),
            "after": .string(after), "ref": .string(ref), "ref_protected": true,
            "checkout_sha": after == zero ? .null : .string(after), "message": .null, "user_id": 4,
            "user_name": "Ada Lovelace", "project_id": 15,
            "project": [
                "id": 15, "name": "graphs", "path_with_namespace": "acme/team/graphs", "default_branch": "main",
                "git_http_url": "http://example.com/acme/team/graphs.git", "visibility_level": 0,
            ],
            "commits": [], "total_commits_count": 0,
        ]
    }

    static let gitLabUpdate: JSON = [
        "event_name": "repository_update", "user_id": 1, "project_id": 1,
        "project": ["path_with_namespace": "acme/team/graphs"],
        "changes": [["before": .string(before), "after": .string(after), "ref": "refs/heads/main"]],
        "refs": ["refs/heads/main"],
    ]

    /// A side of a change of Bitbucket Cloud.
    static func side(_ name: String, type: String = "branch") -> JSON {
        [
            "type": .string(type), "name": .string(name),
            "target": ["type": "commit", "hash": .string(after), "message": "Two replicas"],
        ]
    }

    static func bitbucketCloud(_ changes: [(old: JSON, new: JSON)]) -> JSON {
        [
            "push": [
                "changes": .array(
                    changes.map {
                        [
                            "old": $0.old, "new": $0.new, "created": .bool($0.old.isNull),
                            "closed": .bool($0.new.isNull),
                            "forced": false, "truncated": false,
                        ]
                    })
            ],
            "actor": ["display_name": "Ada", "type": "user"],
            "repository": ["type": "repository", "full_name": "acme/graphs", "name": "graphs", "scm": "git"],
        ]
    }

    static func bitbucketServer(ref: String = "refs/heads/main", type: String = "UPDATE") -> JSON {
        [
            "eventKey": "repo:refs_changed", "date": "2026-03-01T10:00:00+1000",
            "actor": ["name": "ada", "emailAddress": "ada@example.com"],
            "repository": ["slug": "graphs", "id": 84, "scmId": "git", "project": ["key": "ACME", "id": 84]],
            "changes": [
                [
                    "ref": ["id": .string(ref), "displayId": "main", "type": "BRANCH"], "refId": .string(ref),
                    "fromHash": .string(before), "toHash": .string(after), "type": .string(type),
                ]
            ],
        ]
    }
}

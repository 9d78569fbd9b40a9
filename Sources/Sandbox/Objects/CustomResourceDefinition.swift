import JSONValues

/// The definition of RampartGraph that the sandbox starts with: `hack/rampartgraph-crd.yaml` as JSON.
enum CustomResourceDefinition {
    static let rampartGraph: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "rampartgraphs.rampart.petuum.com"],
        "spec": [
            "group": "rampart.petuum.com", "scope": "Namespaced", "conversion": ["strategy": "None"],
            "names": [
                "kind": "RampartGraph", "listKind": "RampartGraphList", "plural": "rampartgraphs",
                "singular": "rampartgraph", "shortNames": ["rg"],
            ],
            "versions": [
                [
                    "name": "v1beta2", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [
                        ["name": "Phase", "type": "string", "jsonPath": ".status.phase"],
                        [
                            "name": "Version", "type": "string",
                            "jsonPath": ".metadata.annotations.rampart\\.petuum\\.com/version",
                        ],
                        ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
                    ],
                    "schema": ["openAPIV3Schema": schema],
                ]
            ],
        ],
        "status": [
            "acceptedNames": [
                "kind": "RampartGraph", "listKind": "RampartGraphList", "plural": "rampartgraphs",
                "singular": "rampartgraph", "shortNames": ["rg"],
            ],
            "conditions": [
                ["type": "NamesAccepted", "status": "True", "reason": "NoConflicts", "message": "no conflicts found"],
                [
                    "type": "Established", "status": "True", "reason": "InitialNamesAccepted",
                    "message": "the initial names have been accepted",
                ],
            ],
            "storedVersions": ["v1beta2"],
        ],
    ]

    /// The OpenAPI form of ``Schema/rampartGraph``.
    static let schema: JSON = {
        let member: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let map: JSON = ["type": "object", "additionalProperties": member]
        let text: JSON = ["type": "string"]
        return [
            "type": "object", "required": ["spec"],
            "properties": [
                "spec": [
                    "type": "object", "required": ["graph"],
                    "properties": [
                        "deploy": ["type": "boolean"],
                        "graph": [
                            "type": "object", "required": ["components", "flows"],
                            "properties": ["components": map, "flows": map],
                        ],
                    ],
                ],
                "status": [
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                    "properties": [
                        "phase": text, "reason": text, "messages": text, "lastModified": text,
                        "observedGeneration": ["type": "integer", "format": "int64"], "endpointPaths": text,
                        "componentNamespaces": ["type": "array", "items": text],
                    ],
                ],
            ],
        ]
    }()
}

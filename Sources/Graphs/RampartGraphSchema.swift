public import JSONValues

/// The JSON Schema (2020-12) of a RampartGraph manifest: what the checks say, as far as a schema can say it.
///
/// References between names (an input's flow, `needs`, shared names, mount paths) are beyond a schema; the service
/// checks them all the same.
public enum RampartGraphSchema {
    public static let json: JSON = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "RampartGraph",
        "description": "A graph of components (Helm charts) and the flows between them.",
        "type": "object", "required": ["apiVersion", "kind", "metadata", "spec"], "additionalProperties": false,
        "properties": [
            "apiVersion": ["enum": ["rampart.petuum.com/v1beta2", "rampart.petuum.com/v1beta1"]],
            "kind": ["const": "RampartGraph"],
            "metadata": [
                "type": "object", "required": ["name"],
                "properties": [
                    "name": ["$ref": "#/$defs/label"], "namespace": ["$ref": "#/$defs/label"],
                    "labels": ["$ref": "#/$defs/texts"], "annotations": ["$ref": "#/$defs/texts"],
                ],
            ],
            "spec": [
                "type": "object", "required": ["graph"], "additionalProperties": false,
                "properties": [
                    "deploy": [
                        "type": "boolean", "default": true, "description": "false keeps the graph without running it.",
                    ],
                    "graph": ["$ref": "#/$defs/graph"],
                ],
            ],
            "status": true,
        ],
        "$defs": definitions,
    ]

    private static let definitions: JSON = [
        "label": [
            "type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
            "description": "A DNS-1123 label.",
        ],
        "member": [
            "type": "string", "pattern": "^[a-z0-9]([-_a-z0-9]{0,61}[a-z0-9])?$",
            "description": "A DNS-1123 label, in which _ counts as -.",
        ],
        "texts": ["type": ["object", "null"], "additionalProperties": ["type": "string"]],
        "text": ["type": "string", "minLength": 1],
        "size": [
            "description": "A Kubernetes quantity such as 10Gi.",
            "anyOf": [
                ["type": "integer", "minimum": 1],
                [
                    "type": "string",
                    "pattern": "^\\+?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E|[eE][0-9]+)?$",
                ],
            ],
        ],
        "reclaimPolicy": ["enum": ["Retain", "Delete"]],
        "graph": [
            "type": "object", "required": ["components", "flows"], "additionalProperties": false,
            "properties": [
                "components": [
                    "type": "object",
                    "propertyNames": ["$ref": "#/$defs/member", "not": ["pattern": "^rampart[-_]flows$"]],
                    "additionalProperties": ["$ref": "#/$defs/component"],
                ],
                "flows": [
                    "type": "object", "propertyNames": ["$ref": "#/$defs/member"],
                    "additionalProperties": ["$ref": "#/$defs/flow"],
                ],
            ],
        ],
        "component": [
            "type": "object", "required": ["chart"], "additionalProperties": false,
            "properties": [
                "type": ["$ref": "#/$defs/text"], "namespace": ["$ref": "#/$defs/label"],
                "chart": ["$ref": "#/$defs/chart"], "config": ["type": ["object", "null"]],
                "auxConfig": ["type": ["object", "null"]], "$ui": ["type": ["object", "null"]],
                "ingressNeeded": ["type": "boolean"],
                "needs": ["type": ["array", "null"], "items": ["$ref": "#/$defs/text"]],
                "inputs": ["$ref": "#/$defs/edges"], "outputs": ["$ref": "#/$defs/edges"],
            ],
        ],
        "chart": [
            "type": "object", "required": ["repo", "name"], "additionalProperties": false,
            "properties": [
                "repo": ["$ref": "#/$defs/text"], "name": ["$ref": "#/$defs/text"],
                "secret": ["$ref": "#/$defs/text"],
                "version": [
                    "type": "string",
                    "pattern":
                        "^(latest|(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)(-((0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*))?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?)$",
                    "description": "latest, or a version as semver.org writes it.",
                ],
            ],
        ],
        "edges": [
            "type": ["object", "null"], "propertyNames": ["$ref": "#/$defs/member"],
            "additionalProperties": ["$ref": "#/$defs/edge"],
        ],
        "edge": [
            "type": "object", "required": ["type", "flow"], "additionalProperties": false,
            "properties": [
                "type": ["enum": ["volume", "pulsar", "repository"]], "flow": ["$ref": "#/$defs/text"],
                "config": ["type": ["object", "null"]],
            ],
            "if": ["properties": ["type": ["const": "pulsar"]]],
            "then": ["properties": ["config": ["additionalProperties": false]]],
            "else": [
                "properties": [
                    "config": [
                        "additionalProperties": false,
                        "properties": [
                            "mountPath": [
                                "type": "string", "pattern": "^/.", "not": ["pattern": "(^|/)\\.\\.(/|$)"],
                                "description": "Absolute; /<edge name> if not given.",
                            ]
                        ],
                    ]
                ]
            ],
        ],
        "flow": [
            "type": "object", "required": ["type"], "additionalProperties": false,
            "properties": [
                "type": ["enum": ["volume", "pulsar", "repository"]], "namespace": ["$ref": "#/$defs/label"],
                "$ui": ["type": ["object", "null"]], "config": ["type": ["object", "null"]],
            ],
            "allOf": [
                [
                    "if": ["properties": ["type": ["const": "volume"]]],
                    "then": [
                        "properties": [
                            "config": [
                                "additionalProperties": false,
                                "properties": [
                                    "size": ["$ref": "#/$defs/size"],
                                    "reclaimPolicy": ["$ref": "#/$defs/reclaimPolicy"],
                                ],
                            ]
                        ]
                    ],
                ],
                [
                    "if": ["properties": ["type": ["const": "pulsar"]]],
                    "then": ["properties": ["config": ["additionalProperties": false]]],
                ],
                [
                    "if": ["properties": ["type": ["const": "repository"]]],
                    "then": ["properties": ["config": ["$ref": "#/$defs/repository"]]],
                ],
            ],
        ],
        "repository": [
            "properties": [
                "kind": ["enum": ["git", "dvc"]], "size": ["$ref": "#/$defs/size"],
                "reclaimPolicy": ["$ref": "#/$defs/reclaimPolicy"], "url": ["$ref": "#/$defs/text"],
                "branch": ["$ref": "#/$defs/text"], "secret": ["$ref": "#/$defs/text"], "storage": ["const": "s3"],
                "bucket": ["$ref": "#/$defs/text"], "endpoint": ["$ref": "#/$defs/text"],
                "region": ["$ref": "#/$defs/text"], "path": ["$ref": "#/$defs/text"],
            ],
            "additionalProperties": false,
            "if": ["properties": ["kind": ["const": "dvc"]], "required": ["kind"]],
            "else": [
                "properties": [
                    "storage": false, "bucket": false, "endpoint": false, "region": false, "path": false,
                ]
            ],
        ],
    ]
}

extension Subject {
    static let versions = Subject(
        "Versions",
        #"""
        description: |-
          A version is the first commit at which an app's `spec.graph` had some content, numbered from 1 on in the
          order of the branch. A version number is written plainly: `3`, not `+3` or `03`.
        paths:
          /api/v1/apps/{app_id}/graph:
            parameters:
              - $ref: "#/components/parameters/AppID"
            post:
              operationId: saveGraph
              summary: Save a graph
              description: |-
                Writes the app's draft. Only `spec` counts, whatever app the rest of the body names. Content that the
                app has had before is that version again; any other is the next one. With `If-Match`, only if the app
                has not changed since.
              parameters:
                - $ref: "#/components/parameters/IfMatch"
                - $ref: "#/components/parameters/Propose"
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/SavedGraph"}
                    examples:
                      demo: {$ref: "#/components/examples/graph"}
              responses:
                "200":
                  description: Saved.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/GraphSaved"}
                      example:
                        appId: vision_demo
                        versionId: 2
                        graph:
                          apiVersion: rampart.petuum.com/v1beta2
                          kind: RampartGraph
                          metadata: {name: demo, namespace: vision}
                          spec: {graph: {components: {}, flows: {}}}
                  links:
                    version:
                      operationId: getVersionGraph
                      parameters: {app_id: $response.body#/appId, version: $response.body#/versionId}
                "202": {$ref: "#/components/responses/Proposed"}
              errors:
                "400": [graph_read_only, bad_if_match, bad_propose]
                "404": [graph_not_found]
                "409": [nothing_to_propose, branch_protected]
                "412": [app_changed]
                "422": [invalid_body, invalid_graph]
                "502": [pull_request_failed]
                "503": [repository_busy]
                "507": [storage_failed]
          /api/v1/apps/{app_id}/versions/{version}/graph:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Version"
            get:
              operationId: getVersionGraph
              summary: The graph of a version
              description: Version 0 is what a new graph begins with; there is one for every app.
              responses:
                "200":
                  description: The graph.
                  content:
                    application/json:
                      schema:
                        oneOf:
                          - {$ref: "#/components/schemas/VersionGraph"}
                          - {$ref: "#/components/schemas/EmptyVersion"}
                      example:
                        appId: vision_labelling
                        readOnly: false
                        versionId: "1"
                        graph:
                          apiVersion: rampart.petuum.com/v1beta2
                          kind: RampartGraph
                          metadata: {name: labelling, namespace: vision}
                          spec: {graph: {components: {}, flows: {}}}
              errors:
                "400": [version_not_a_number]
                "404": [graph_not_found, graph not found with that name and version]
        parameters:
          Version:
            name: version
            in: path
            required: true
            description: The number of a version.
            schema: {$ref: "#/components/schemas/VersionText"}
            example: "1"
        schemas:
          VersionText:
            type: string
            pattern: ^(0|[1-9][0-9]*)$
            description: The number of a version, written plainly.
            examples: ["1"]
          SavedGraph:
            type: object
            description: A graph to save. `metadata` may say what it likes.
            required: [apiVersion, kind, metadata, spec]
            additionalProperties: {$ref: "#/components/schemas/Value"}
            properties:
              apiVersion: {type: string}
              kind: {type: string}
              metadata: {$ref: "#/components/schemas/Members"}
              spec: {$ref: "#/components/schemas/GraphSpec"}
          GraphSaved:
            type: object
            required: [appId, versionId, graph]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              versionId: {type: integer, minimum: 1, description: The version that the content is.}
              graph: {$ref: "#/components/schemas/ShownGraph"}
          VersionGraph:
            type: object
            required: [appId, readOnly, versionId, graph]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              readOnly: {$ref: "#/components/schemas/ReadOnly"}
              versionId: {$ref: "#/components/schemas/VersionText"}
              graph: {$ref: "#/components/schemas/ShownGraph"}
          EmptyVersion:
            type: object
            description: Version 0.
            required: [appId, versionId, graph]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              versionId: {const: "0"}
              graph:
                type: object
                required: [metadata]
                additionalProperties: false
                properties:
                  metadata:
                    type: object
                    required: [namespace, name]
                    additionalProperties: false
                    properties:
                      namespace: {$ref: "#/components/schemas/Label"}
                      name: {$ref: "#/components/schemas/Label"}
        errors:
          version_not_a_number:
            when: The version is no plain number.
            message: "'abc' is no version, expected a number such as 3, without sign, spaces and leading zeros"
          graph not found with that name and version:
            when: The app has no such version.
            message: the app vision_demo has no version 9
        """#)
}

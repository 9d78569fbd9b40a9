extension Subject {
    static let deployment = Subject(
        "Deployment",
        #"""
        description: |-
          Deploying makes a version the live graph, which the cluster gets; undeploying keeps the graph without running
          it. Both are commits, and the loop that follows the branch does the rest.
        paths:
          /api/v1/apps/redeployment/{app_id}/{version}:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Version"
            post:
              operationId: redeploy
              summary: Deploy or undeploy an app
              description: |-
                With `deployed: true` the version becomes the live graph: the API server is asked first, and what it
                refuses is not committed. With `deployed: false` the live graph is taken down, whatever version the
                path names. `appId` and `version` of the body have to say what the path says.
              parameters:
                - $ref: "#/components/parameters/IfMatch"
                - $ref: "#/components/parameters/Propose"
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/Redeployment"}
                    examples:
                      deploy: {value: {appId: vision_labelling, version: "1", deployed: true}}
                      undeploy: {value: {appId: vision_labelling, version: "1", deployed: false}}
              responses:
                "200":
                  description: |-
                    Committed. A deploy is answered with the resource as the API server makes it, an undeploy with the
                    app's id alone.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema:
                        oneOf:
                          - {$ref: "#/components/schemas/Deployed"}
                          - {$ref: "#/components/schemas/AppNamed"}
                      example:
                        appId: vision_labelling
                        versionId: 1
                        graph:
                          apiVersion: rampart.petuum.com/v1beta2
                          kind: RampartGraph
                          metadata: {name: labelling, namespace: vision, generation: 1}
                          spec: {graph: {components: {}, flows: {}}}
                "202":
                  description: |-
                    Committed; the cluster cannot be asked now and follows as soon as it can. Or proposed.
                  headers:
                    ETag: {$ref: "#/components/headers/ETagMaybe"}
                  content:
                    application/json:
                      schema:
                        oneOf:
                          - {$ref: "#/components/schemas/PendingDeployment"}
                          - {$ref: "#/components/schemas/PendingApp"}
                          - {$ref: "#/components/schemas/Proposed"}
                      example:
                        appId: vision_labelling
                        state: pending
                        message: "committed; the cluster follows as soon as it can be reached: connection refused"
              errors:
                "400": [graph_read_only, version_not_a_number, bad_if_match, bad_propose]
                "404": [graph_not_found, graph not found with that name and version]
                "409": [nothing_to_propose, branch_protected]
                "412": [app_changed]
                "422": [invalid_body, invalid_graph, error redeploying graph]
                "502": [pull_request_failed]
                "503": [repository_busy]
                "507": [storage_failed]
        schemas:
          Redeployment:
            type: object
            required: [appId, version, deployed]
            additionalProperties: {$ref: "#/components/schemas/Value"}
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              version: {$ref: "#/components/schemas/VersionText"}
              deployed: {description: Whether the version is to run., allOf: [{$ref: "#/components/schemas/Truth"}]}
          Deployed:
            type: object
            required: [appId, versionId, graph]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              versionId: {type: integer, minimum: 1}
              graph:
                type: object
                description: The whole resource as the API server makes it.
                required: [apiVersion, kind, metadata, spec]
          PendingDeployment:
            type: object
            required: [appId, versionId, graph, state, message]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              versionId: {type: integer, minimum: 1}
              graph: {$ref: "#/components/schemas/ShownGraph"}
              state: {const: pending}
              message: {type: string, description: Why the cluster has not got it yet.}
          PendingApp:
            type: object
            required: [appId, state, message]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              state: {const: pending}
              message: {type: string, description: Why the cluster has not got it yet.}
        errors:
          error redeploying graph:
            when: The API server refuses the graph, with its own message; nothing was committed.
            message: 'admission webhook "graphs.example.com" denied the request: no quota left'
        """#)
}

extension Subject {
    static let apps = Subject(
        "Apps",
        #"""
        description: |-
          An app is a folder of the graph repository, `apps/<namespace>/<name>/`; its id is `<namespace>_<name>`. Every
          change is one commit, durable before the answer, in the name of whoever asked.
        paths:
          /api/v1/apps:
            get:
              operationId: listApps
              summary: All apps
              description: |-
                By namespace and name, each with its live graph, or its draft while it has none. The `ETag` makes the
                unchanged list a 304.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200": {$ref: "#/components/responses/AppList"}
                "304": {$ref: "#/components/responses/NotModified"}
          /api/v1/graphs:
            get:
              operationId: listGraphs
              summary: All apps, under their older name
              description: The same as `GET /api/v1/apps`.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200": {$ref: "#/components/responses/AppList"}
                "304": {$ref: "#/components/responses/NotModified"}
            post:
              operationId: createApp
              parameters:
                - $ref: "#/components/parameters/IfNoneMatchAny"
                - $ref: "#/components/parameters/Propose"
              summary: Create an app
              description: |-
                Makes the app that the graph names, with the graph as version 1, saved and not deployed. Without a
                namespace it is in `default`. The graph has to pass the same checks as `rampart check`.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/NewGraph"}
                    examples:
                      demo: {$ref: "#/components/examples/graph"}
              responses:
                "201":
                  description: The app is there.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                    Location: {$ref: "#/components/headers/Location"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/AppCreated"}
                      example:
                        appId: vision_demo
                        versionId: "1"
                        graph: {graph: {components: {}, flows: {}}}
                  links:
                    app: {operationId: getApp, parameters: {app_id: $response.body#/appId}}
                    versions: {operationId: listVersions, parameters: {app_id: $response.body#/appId}}
                    history: {operationId: getHistory, parameters: {app_id: $response.body#/appId}}
                    version:
                      operationId: getVersionGraph
                      parameters: {app_id: $response.body#/appId, version: $response.body#/versionId}
                    save: {operationId: saveGraph, parameters: {app_id: $response.body#/appId}}
                    status: {operationId: getGraphStatus, parameters: {app_id: $response.body#/appId}}
                    deploy:
                      operationId: redeploy
                      parameters: {app_id: $response.body#/appId, version: $response.body#/versionId}
                      requestBody:
                        appId: $response.body#/appId
                        version: $response.body#/versionId
                        deployed: true
                    delete: {operationId: deleteApp, parameters: {app_id: $response.body#/appId}}
                "202": {$ref: "#/components/responses/Proposed"}
              errors:
                "400": [bad_if_match, bad_if_none_match, bad_propose]
                "409": [duplicate_graph_exists, branch_protected]
                "412": [is_there]
                "422": [invalid_body, invalid_graph]
                "502": [pull_request_failed]
                "503": [repository_busy]
                "507": [storage_failed]
          /api/v1/apps/{app_id}:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getApp
              summary: One app with its versions
              description: |-
                Its `ETag` is what `If-Match` takes: the commit that last changed the app, and after a point what
                stands for the state of its resource, which `If-Match` leaves aside.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: The app.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/App"}
                "304": {$ref: "#/components/responses/NotModified"}
              errors:
                "404": [graph_not_found]
            delete:
              operationId: deleteApp
              summary: Delete an app
              description: |-
                Takes the folder out of the branch; the resource in the cluster and the dashboards follow. Made again
                later, the app starts at version 1.
              parameters:
                - $ref: "#/components/parameters/IfMatch"
                - $ref: "#/components/parameters/Propose"
              responses:
                "200":
                  description: The app is gone.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/AppNamed"}
                      example: {appId: vision_demo}
                "202": {$ref: "#/components/responses/PendingApp"}
              errors:
                "400": [graph_read_only, bad_if_match, bad_propose]
                "404": [graph_not_found]
                "409": [branch_protected]
                "412": [app_changed]
                "502": [pull_request_failed]
                "503": [repository_busy]
                "507": [storage_failed]
        parameters:
          AppID:
            name: app_id
            in: path
            required: true
            description: '`<namespace>_<name>`.'
            schema: {$ref: "#/components/schemas/AppID"}
            example: vision_labelling
        schemas:
          AppID:
            type: string
            description: '`<namespace>_<name>`, both DNS-1123 labels.'
            pattern: ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?_[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$
            examples: [vision_labelling]
          AppList:
            type: array
            items: {$ref: "#/components/schemas/AppRow"}
          AppRow:
            type: object
            description: An app in the list of all apps.
            required:
              [id, name, appId, description, deployedVersion, versionCount, readOnly, graph, lastDeployment, lastEdit]
            additionalProperties: false
            properties:
              id: {$ref: "#/components/schemas/AppID"}
              name: {$ref: "#/components/schemas/Label"}
              appId: {$ref: "#/components/schemas/AppID"}
              description:
                type: string
                description: |-
                  The annotation `rampart.petuum.com/description` of the graph, or `kubernetes.io/description`, or
                  empty.
              deployedVersion: {type: integer, minimum: 0, description: The version that is live; 0 where none is.}
              versionCount: {type: integer, minimum: 0}
              readOnly: {$ref: "#/components/schemas/ReadOnly"}
              graph: {$ref: "#/components/schemas/ShownGraph"}
              lastDeployment: {$ref: "#/components/schemas/LastDeployment"}
              lastEdit: {$ref: "#/components/schemas/Time"}
          App:
            type: object
            description: An app with all its versions.
            required: [id, name, namespace, readOnly, versions, deployed, graph, lastModified]
            additionalProperties: false
            properties:
              id: {type: [string, "null"], description: The uid of the resource; null while there is none.}
              name: {$ref: "#/components/schemas/Label"}
              namespace: {$ref: "#/components/schemas/Label"}
              readOnly: {$ref: "#/components/schemas/ReadOnly"}
              versions:
                type: array
                description: From version 1 on.
                items: {$ref: "#/components/schemas/AppVersion"}
              deployed: {type: boolean, description: Whether the live version runs as HEAD wants it.}
              graph:
                description: The live graph with the status of its resource; an empty object while none is deployed.
                oneOf:
                  - {$ref: "#/components/schemas/ShownGraph"}
                  - {type: object, maxProperties: 0}
              lastModified:
                type: [string, "null"]
                description: When the live graph last changed; null for an app that was never deployed.
          AppVersion:
            type: object
            required: [name, appId, version, status, deployed, lastDeployment, lastEdit, notes]
            additionalProperties: false
            properties:
              name: {$ref: "#/components/schemas/Label"}
              appId: {$ref: "#/components/schemas/AppID"}
              version: {$ref: "#/components/schemas/VersionText"}
              status:
                type: string
                description: How it stands; all but the live version are `undeployed`.
                enum: [deploying, deployed, undeploying, undeployed, deleting, error, unknown]
              deployed: {type: boolean, description: Whether it is the live version.}
              lastDeployment: {$ref: "#/components/schemas/LastDeployment"}
              lastEdit: {$ref: "#/components/schemas/Time"}
              notes: {type: string, description: Empty.}
              message: {type: string, description: 'Why, where the status is `error` or `unknown`.'}
          AppCreated:
            type: object
            required: [graph, appId, versionId]
            additionalProperties: false
            properties:
              graph: {type: object, description: The `spec` as it was sent.}
              appId: {$ref: "#/components/schemas/AppID"}
              versionId: {const: "1"}
          AppNamed:
            type: object
            required: [appId]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
          ReadOnly:
            type: boolean
            description: 'Whether only reads are allowed: the label `rampart-graph-readonly` is `"true"`.'
          LastDeployment:
            type: [string, "null"]
            description: |-
              When the live version was deployed: `status.lastModified` of its resource, or the commit's time before
              there is one. Null for what was never deployed.
        responses:
          AppList:
            description: The apps.
            headers:
              ETag: {$ref: "#/components/headers/ETag"}
            content:
              application/json:
                schema: {$ref: "#/components/schemas/AppList"}
                example:
                  - id: vision_labelling
                    name: labelling
                    appId: vision_labelling
                    description: ""
                    deployedVersion: 1
                    versionCount: 2
                    readOnly: false
                    graph:
                      apiVersion: rampart.petuum.com/v1beta2
                      kind: RampartGraph
                      metadata: {name: labelling, namespace: vision}
                      spec: {graph: {components: {}, flows: {}}}
                      status: {phase: Deployed}
                    lastDeployment: "2026-11-23T21:12:41+00:00"
                    lastEdit: "2026-11-23T21:14:02+00:00"
          PendingApp:
            description: Committed; the cluster cannot be reached and follows as soon as it can. Or proposed.
            headers:
              ETag: {$ref: "#/components/headers/ETagMaybe"}
            content:
              application/json:
                schema:
                  oneOf:
                    - {$ref: "#/components/schemas/PendingApp"}
                    - {$ref: "#/components/schemas/Proposed"}
                example:
                  appId: vision_demo
                  state: pending
                  message: "committed; the cluster follows as soon as it can be reached: connection refused"
        errors:
          graph_not_found:
            when: There is no such app, or the request is about its resource and it is not deployed.
            message: there is no app vision_demo
          duplicate_graph_exists:
            when: There is an app of that namespace and name.
            message: the app vision_demo exists already
          graph_read_only:
            when: The label `rampart-graph-readonly` of the app is `"true"`.
            message: 'the app vision_demo is read-only: its label rampart-graph-readonly is "true"'
          app_changed:
            when: The app has changed since the commit in `If-Match`; nothing was done. `ETag` is what it is now.
            message: &changed >-
              it has changed since: its last commit is 3f786850e387550fdab836ed7e6dc881de23001b. Read it again, make the
              change on what it is now, and send the new ETag in If-Match
            facts: &commit {commit: {$ref: "#/components/schemas/Commit"}}
            headers: &tag {ETag: {$ref: "#/components/headers/ETag"}}
          config_changed:
            when: 'The node config has changed since the commit in `If-Match`; nothing was done.'
            message: *changed
            facts: *commit
            headers: *tag
          is_there:
            state: duplicate_graph_exists
            when: 'The app is there, against `If-None-Match: *`. `ETag` is what it is now.'
            message: the app vision_demo exists already
            facts: *commit
            headers: *tag
        """#)
}

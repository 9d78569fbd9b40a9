extension Subject {
    static let history = Subject(
        "History",
        #"""
        description: |-
          What happened to an app, read out of the commits of the branch: its versions, every commit that touched it,
          what differs between two graphs; and undoing a commit by another one.
        paths:
          /api/v1/apps/{app_id}/versions:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: listVersions
              summary: The versions of an app
              description: The oldest first.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: The versions.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {type: array, items: {$ref: "#/components/schemas/Version"}}
                      example:
                        - number: 1
                          commit: 3f786850e387550fdab836ed7e6dc881de23001b
                          author: {name: Ada, email: ada@example.com}
                          time: "2026-11-23T21:12:41+00:00"
                          message: Create vision_labelling
                          hash: 0cc175b9c0f1b6a831c399e269772661
                          state: live
                          lastDeployment: "2026-11-23T21:14:02+00:00"
                "304": {$ref: "#/components/responses/NotModified"}
              errors:
                "404": [graph_not_found]
          /api/v1/apps/{app_id}/history:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getHistory
              summary: Every commit that touched an app
              description: |-
                The newest first, also of an app that is gone. One entry for each commit of the branch's own line; a
                merge is one.
              parameters:
                - name: limit
                  in: query
                  description: How many commits a page has.
                  schema: {type: integer, minimum: 1, maximum: 500, default: 50}
                  example: 20
                - name: before
                  in: query
                  description: The `next` of the page before.
                  schema: {$ref: "#/components/schemas/Commit"}
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: A page.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/HistoryPage"}
                      example:
                        appId: vision_labelling
                        commits:
                          - commit: 3f786850e387550fdab836ed7e6dc881de23001b
                            author: {name: Ada, email: ada@example.com}
                            time: "2026-11-23T21:12:41+00:00"
                            message: Create vision_labelling
                            events: [created, saved]
                            versions: [1]
                            activeVersion: 0
                        next: null
                  links:
                    next:
                      operationId: getHistory
                      parameters: {app_id: $response.body#/appId, before: $response.body#/next}
                "304": {$ref: "#/components/responses/NotModified"}
              errors:
                "400": [bad_limit, bad_before]
                "404": [graph_not_found]
          /api/v1/apps/{app_id}/diff:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getDiff
              summary: What differs between two graphs of an app
              description: |-
                Compares `spec.graph` and nothing else. What is new or gone as a whole is one place, and so is a list
                whose length changes. Against `cluster`, `1` and `1.0` are the same number.
              parameters:
                - name: from
                  in: query
                  required: true
                  description: A version, `live`, `draft` or `cluster`.
                  schema: {$ref: "#/components/schemas/GraphName"}
                  example: live
                - name: to
                  in: query
                  required: true
                  description: The same for the other side.
                  schema: {$ref: "#/components/schemas/GraphName"}
                  example: draft
              responses:
                "200":
                  description: The difference.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Diff"}
                      example:
                        appId: vision_labelling
                        from:
                          name: live
                          version: 1
                          commit: 3f786850e387550fdab836ed7e6dc881de23001b
                          hash: 0cc175b9c0f1b6a831c399e269772661
                        to:
                          name: draft
                          version: 2
                          commit: 89e6c98d92887913cadf06b2adb97f26cde4849b
                          hash: 92eb5ffee6ae2fec3ad71c777531578f
                        equal: false
                        components: {added: [], removed: [], changed: [studio]}
                        flows: {added: [], removed: [], changed: []}
                        fields:
                          - path: components.studio.config.replicas
                            loc: [components, studio, config, replicas]
                            old: 1
                            new: 2
              errors:
                "400": [version_not_a_number]
                "404":
                  - graph_not_found
                  - graph not found with that name and version
                  - no_live_graph
                  - no_draft
                  - not_in_cluster
                "422": [invalid_query]
                "503": [cluster_unreachable]
          /api/v1/apps/{app_id}/revert:
            parameters:
              - $ref: "#/components/parameters/AppID"
            post:
              operationId: revertCommitOfApp
              summary: Undo a commit of an app
              description: |-
                `git revert` of the whole commit, by the caller and with git's message, on the newest head. A merge is
                undone against its first parent. A commit that touched more than the app is refused with what it
                touched, unless `whole` is true. The result is checked, and tried on the API server like a deploy.
              parameters:
                - $ref: "#/components/parameters/IfMatch"
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/RevertOfApp"}
                    example: {commit: 3f78685, whole: false}
              responses:
                "200":
                  description: Undone.
                  headers:
                    ETag: {$ref: "#/components/headers/ETagMaybe"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/RevertedOfApp"}
                "202":
                  description: Committed; the cluster cannot be asked now and follows as soon as it can.
                  headers:
                    ETag: {$ref: "#/components/headers/ETagMaybe"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/RevertedOfApp"}
              errors:
                "400": [graph_read_only, commit_ambiguous, bad_if_match]
                "404": [graph_not_found, commit_not_found]
                "409": [revert_conflict, nothing_to_revert, commit_of_others, commit_of_more]
                "412": [app_changed]
                "422": [invalid_body, invalid_graph, error redeploying graph]
                "503": [repository_busy]
                "507": [storage_failed]
          /api/v1/revert:
            post:
              operationId: revertCommit
              summary: Undo any commit
              description: As a whole, whatever it touched.
              requestBody:
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/Revert"}
                    example: {commit: 3f78685}
              responses:
                "200":
                  description: Undone.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Reverted"}
                "202":
                  description: Committed; the cluster cannot be asked now and follows as soon as it can.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Reverted"}
              errors:
                "400": [graph_read_only, commit_ambiguous, bad_if_match]
                "404": [commit_not_found]
                "409": [revert_conflict, nothing_to_revert]
                "422": [invalid_body, invalid_graph, error redeploying graph]
                "503": [repository_busy]
                "507": [storage_failed]
        schemas:
          Commit: {type: string, pattern: "^[0-9a-f]{40}$", description: The id of a commit.}
          CommitStart:
            type: string
            pattern: ^[0-9a-f]{7,40}$
            description: The id of a commit, or at least its first seven digits.
          GraphName:
            type: string
            pattern: ^(live|draft|cluster|0|[1-9][0-9]*)$
            description: The number of a version, `live`, `draft` or `cluster`.
          Author:
            type: object
            required: [name, email]
            additionalProperties: false
            properties:
              name: {type: string}
              email: {type: string}
          Version:
            type: object
            required: [number, commit, author, time, message, hash, state, lastDeployment]
            additionalProperties: false
            properties:
              number: {type: integer, minimum: 1}
              commit: {$ref: "#/components/schemas/Commit"}
              author: {$ref: "#/components/schemas/Author"}
              time: {$ref: "#/components/schemas/Time"}
              message: {type: string, description: The first line of the commit's message.}
              hash: {type: string, pattern: "^[0-9a-f]{32}$", description: The MD5 of `spec.graph`.}
              state:
                type: string
                description: |-
                  Where its content is: `live` in `graph.yaml`, `undeployed` there with `spec.deploy: false`, `draft`
                  in `draft.yaml`, `past` in history alone.
                enum: [live, undeployed, draft, past]
              lastDeployment:
                description: When it last became the live and deployed one; null for never.
                oneOf: [{$ref: "#/components/schemas/Time"}, {type: "null"}]
          HistoryPage:
            type: object
            required: [appId, commits, next]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              commits:
                type: array
                items:
                  type: object
                  required: [commit, author, time, message, events, versions, activeVersion]
                  additionalProperties: false
                  properties:
                    commit: {$ref: "#/components/schemas/Commit"}
                    author: {$ref: "#/components/schemas/Author"}
                    time: {$ref: "#/components/schemas/Time"}
                    message: {type: string}
                    events:
                      type: array
                      minItems: 1
                      description: |-
                        What it did to the app. `broken`: a file does not check from here on; `mended`: all do again;
                        `changed`: something else, as comments, labels, dashboards.
                      items: {enum: [created, saved, deployed, undeployed, broken, mended, deleted, changed]}
                    versions: {type: array, description: Those that it made., items: {type: integer, minimum: 1}}
                    activeVersion: {type: integer, minimum: 0, description: What was live after it; 0 for none.}
                    problems:
                      type: array
                      minItems: 1
                      description: What was wrong with the app's files after it.
                      items: {type: string}
              next:
                type: [string, "null"]
                description: The `before` of the next page; null on the last.
          ComparedGraph:
            type: object
            required: [name, version, commit, hash]
            additionalProperties: false
            properties:
              name: {$ref: "#/components/schemas/GraphName"}
              version: {type: [integer, "null"], description: The version that it is; null where nobody says so.}
              commit: {type: [string, "null"], description: The commit that it comes from.}
              hash: {type: string, pattern: "^[0-9a-f]{32}$"}
          DiffPart:
            type: object
            description: Names, sorted.
            required: [added, removed, changed]
            additionalProperties: false
            properties:
              added: {type: array, items: {type: string}}
              removed: {type: array, items: {type: string}}
              changed: {type: array, items: {type: string}}
          Diff:
            type: object
            required: [appId, from, to, equal, components, flows, fields]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              from: {$ref: "#/components/schemas/ComparedGraph"}
              to: {$ref: "#/components/schemas/ComparedGraph"}
              equal: {type: boolean}
              components: {$ref: "#/components/schemas/DiffPart"}
              flows: {$ref: "#/components/schemas/DiffPart"}
              fields:
                type: array
                description: Each place that differs, sorted.
                items:
                  type: object
                  required: [path, loc]
                  additionalProperties: false
                  properties:
                    path: {type: string, description: 'Below `spec.graph`: `components.studio.config.replicas`.'}
                    loc: {type: array, description: The same in its parts., items: {type: string}}
                    old: {description: What stood there; left out where nothing did.}
                    new: {description: What stands there; left out where nothing does.}
          Revert:
            type: object
            required: [commit]
            additionalProperties: {$ref: "#/components/schemas/Value"}
            properties:
              commit: {$ref: "#/components/schemas/CommitStart"}
              whole: {description: Left aside here., allOf: [{$ref: "#/components/schemas/Truth"}]}
          RevertOfApp:
            type: object
            required: [commit]
            additionalProperties: {$ref: "#/components/schemas/Value"}
            properties:
              commit: {$ref: "#/components/schemas/CommitStart"}
              whole:
                description: Whether a commit that touched more than the app is undone as a whole.
                allOf: [{$ref: "#/components/schemas/Truth"}]
          RevertedOfApp:
            type: object
            required: [appId, commit, reverted, apps, versionId, activeVersion]
            additionalProperties: false
            properties:
              appId: {$ref: "#/components/schemas/AppID"}
              commit: {description: The new commit., allOf: [{$ref: "#/components/schemas/CommitOrNull"}]}
              reverted: {description: What it undoes., allOf: [{$ref: "#/components/schemas/Commit"}]}
              apps: {type: array, description: The apps that it touches., items: {$ref: "#/components/schemas/AppID"}}
              versionId: {type: integer, minimum: 0, description: The version that the app's newest graph is.}
              activeVersion: {type: integer, minimum: 0}
              state: {const: pending}
              message: {type: string}
          Reverted:
            type: object
            required: [commit, reverted, apps]
            additionalProperties: false
            properties:
              commit: {description: The new commit., allOf: [{$ref: "#/components/schemas/CommitOrNull"}]}
              reverted: {description: What it undoes., allOf: [{$ref: "#/components/schemas/Commit"}]}
              apps: {type: array, description: The apps that it touches., items: {$ref: "#/components/schemas/AppID"}}
              state: {const: pending}
              message: {type: string}
        errors:
          bad_limit:
            when: '`limit` is no number from 1 to 500.'
            message: "'0' is no limit, expected a number from 1 to 500"
          bad_before:
            when: '`before` is no commit of this history.'
            message: "'abc' is no commit, expected `next` of the page before"
          no_live_graph:
            when: The app was never deployed.
            message: the app vision_demo was never deployed
          no_draft:
            when: The app has no draft.
            message: 'the app vision_demo has no draft: nothing is saved beside its live graph'
          not_in_cluster:
            when: The cluster has no resource of the app.
            message: the cluster has no RampartGraph of vision_demo
          cluster_unreachable:
            when: The cluster cannot be asked now.
            message: 'the cluster cannot be asked now: connection refused'
          commit_not_found:
            when: The branch has no such commit.
            message: 'the branch has no commit 1a2b3c4: expected a full id or at least its first seven digits'
          commit_ambiguous:
            when: More than one id begins like that.
            message: more than one object's id begins with 1a2b3c4; give more digits of it
          revert_conflict:
            when: Later commits changed the same lines; `files` names where.
            message: >-
              commit 3f78685 cannot be undone by itself, as these files have changed since:
              apps/vision/demo/graph.yaml. Undo the later changes first, or save the graph as it should be
            facts: {files: {type: array, items: {type: string}}}
          nothing_to_revert:
            when: What the commit did is no longer there; `files` names what went since.
            message: 'what commit 3f78685 did is no longer there: it was reverted or overwritten already'
            facts: {files: {type: array, items: {type: string}}}
          commit_of_others:
            when: The commit did not touch the app, but what `touched` names.
            message: commit 3f78685 did not touch vision_demo, but nlp_demo
            facts: {touched: {type: array, items: {type: string}}}
          commit_of_more:
            when: The commit touched more than the app, as `touched` names, and `whole` is not true.
            message: >-
              commit 3f78685 did not touch vision_demo alone, but nlp_demo too; ask for it as a whole to undo all of
              it: "whole": true in the request's body
            facts: {touched: {type: array, items: {type: string}}}
        """#)
}

extension Subject {
    static let sync = Subject(
        "Sync",
        #"""
        description: What the loop says that makes the cluster equal to HEAD, and what it can be told.
        paths:
          /api/v1/sync:
            get:
              operationId: getSync
              summary: How everything stands
              parameters:
                - name: state
                  in: query
                  description: Lists only the apps in one of these states; counts are always of all.
                  style: form
                  explode: false
                  schema: {type: array, minItems: 1, items: {$ref: "#/components/schemas/SyncState"}}
                  example: [failed, invalid]
              responses:
                "200":
                  description: The report.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/SyncReport"}
              errors:
                "400": [unknown_state]
            post:
              operationId: lookNow
              summary: Look now
              description: |-
                Fetches from the remote where there is one, folds what is new on the branch, and has everything compared
                with the cluster again. A remote that cannot be asked is no error: `remote` says how it stands.
              responses:
                "202":
                  description: It is looked at.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [state, head]
                        additionalProperties: false
                        properties:
                          state: {const: looking}
                          head: {$ref: "#/components/schemas/CommitOrNull"}
                          remote: {$ref: "#/components/schemas/RemoteState"}
                      example: {state: looking, head: 3f786850e387550fdab836ed7e6dc881de23001b}
          /api/v1/sync/confirm:
            post:
              operationId: confirmPrune
              summary: Let held deletions through
              description: |-
                Where more than half of all resources would be deleted at once (say, for a wrong branch), the loop
                holds them in `heldPrune` and asks; and all of them where the branch was rewritten on its remote. This
                is the answer.
              responses:
                "202":
                  description: They go ahead.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [confirmed]
                        additionalProperties: false
                        properties:
                          confirmed: {type: array, items: {$ref: "#/components/schemas/AppID"}}
                      example: {confirmed: [vision_labelling]}
              errors:
                "409": [nothing_held, not_leader]
        schemas:
          SyncState:
            type: string
            description: |-
              `synced`: the cluster has what HEAD says. `pending`: not looked at yet, or the API server cannot be
              reached. `invalid`: a file of the app does not check; the cluster keeps the last good state. `failed`:
              the API server refuses.
            enum: [synced, pending, invalid, failed]
          SyncReport:
            type: object
            required: [head, headTime, state, cluster, counts, heldPrune, problems, apps]
            additionalProperties: false
            properties:
              head: {$ref: "#/components/schemas/CommitOrNull"}
              headTime: {type: [string, "null"], description: The time of the head commit.}
              state:
                description: The worst of all apps, or `pending` where the cluster cannot be reached.
                allOf: [{$ref: "#/components/schemas/SyncState"}]
              cluster:
                type: object
                required: [reachable, message]
                additionalProperties: false
                properties:
                  reachable: {type: boolean}
                  message: {type: [string, "null"], description: Why not.}
              remote: {$ref: "#/components/schemas/RemoteState"}
              replica:
                type: object
                description: What this process is among several; left out where there is one alone.
                required: [identity, leader, leads]
                additionalProperties: false
                properties:
                  identity: {type: string}
                  leader: {type: [string, "null"], description: 'Who writes to the cluster, as far as is known.'}
                  leads: {type: boolean, description: Whether that is this process.}
                  shard: {type: string, description: 'The part of all apps that it is about, as N/M; left out where that is all.'}
              grafana: {$ref: "#/components/schemas/GrafanaReport"}
              housekeeping: {$ref: "#/components/schemas/HousekeepingReport"}
              stopped:
                type: object
                description: |-
                  Where the branch is not followed any further, as a commit is not signed by anybody who may
                  (`--verify-signatures`); left out where all are. `state` is then `failed`.
                required: [commit, author, title, verified, reason, message]
                additionalProperties: false
                properties:
                  commit: {type: string, description: The first commit that is not applied.}
                  author: {type: [string, "null"], description: 'Whose it says it is; null for who may not see all apps.'}
                  title: {type: [string, "null"], description: 'The first line of its message; null as well.'}
                  verified:
                    description: The last good commit before it; what runs is that.
                    allOf: [{$ref: "#/components/schemas/CommitOrNull"}]
                  reason: {type: string, description: Why it is not applied.}
                  message: {type: string, description: 'Which one, whose, why, and what to do.'}
              counts:
                type: object
                description: How many apps are in each state.
                required: [synced, pending, invalid, failed]
                additionalProperties: false
                properties:
                  synced: {type: integer, minimum: 0}
                  pending: {type: integer, minimum: 0}
                  invalid: {type: integer, minimum: 0}
                  failed: {type: integer, minimum: 0}
              heldPrune:
                type: array
                description: What would be deleted once somebody says so.
                items: {$ref: "#/components/schemas/AppID"}
              problems:
                type: array
                description: What is wrong in the repository beside apps.
                items: {$ref: "#/components/schemas/FileProblem"}
              apps:
                type: array
                items:
                  type: object
                  required: [appId, state, message, commit, appliedCommit, appliedAt]
                  additionalProperties: false
                  properties:
                    appId: {$ref: "#/components/schemas/AppID"}
                    state: {$ref: "#/components/schemas/SyncState"}
                    message: {type: [string, "null"], description: Why.}
                    commit:
                      description: The commit that last changed the live graph.
                      allOf: [{$ref: "#/components/schemas/CommitOrNull"}]
                    appliedCommit:
                      description: The commit whose live graph the cluster has.
                      allOf: [{$ref: "#/components/schemas/CommitOrNull"}]
                    appliedAt: {type: [string, "null"], description: When this process last wrote it.}
                    problems: {type: array, items: {$ref: "#/components/schemas/FileProblem"}}
                    grafana: {$ref: "#/components/schemas/AppDashboards"}
          HousekeepingReport:
            type: object
            description: How the repository is kept in order; only for who may see all apps.
            required: [state, message, lastPass, looseObjects, packs, bytes]
            additionalProperties: false
            properties:
              state:
                type: string
                description: |-
                  `pending`: not looked at yet. `running`: at work. `postponed`: the disk is too full, it is tried again.
                  `failing`: it is tried again, ever more seldom. `off`: there is no program `git`.
                enum: [pending, ok, running, postponed, failing, "off"]
              message: {type: [string, "null"], description: Why it is not `ok`.}
              lastPass: {type: [string, "null"], description: When the last pass that did not fail has ended.}
              looseObjects: {type: [integer, "null"], description: 'After it: objects in files of their own.'}
              packs: {type: [integer, "null"], description: 'After it: packs of objects.'}
              bytes: {type: [integer, "null"], description: 'After it: what the objects take on the disk.'}
          RemoteState:
            type: object
            description: How the remote stands that the branch is followed from; left out where there is none.
            required: [url, branch, state, message, head, seenAt, readOnly, rewrittenFrom]
            additionalProperties: false
            properties:
              url: {type: string}
              branch: {type: string}
              state:
                type: string
                description: |-
                  `ok`; `pending` before it was first heard of; `rewritten` until somebody confirms; else why it cannot
                  be asked or written.
                enum:
                  - ok
                  - pending
                  - rewritten
                  - unreachable
                  - timed_out
                  - unknown_outcome
                  - refused
                  - untrusted
                  - not_found
                  - branch_missing
                  - moved
                  - full
                  - read_only
                  - failed
              message: {type: [string, "null"], description: 'Why, and what to do.'}
              head:
                description: Where its branch was last seen.
                allOf: [{$ref: "#/components/schemas/CommitOrNull"}]
              seenAt: {type: [string, "null"], description: When it was last heard of.}
              readOnly: {type: boolean, description: Whether this service only follows.}
              rewrittenFrom:
                description: The head before the branch was rewritten.
                allOf: [{$ref: "#/components/schemas/CommitOrNull"}]
          GrafanaReport:
            type: object
            description: How Grafana stands; left out where there is none.
            required: [address, reachable, state, reason, message, notes, counts, done]
            additionalProperties: false
            properties:
              address: {type: string}
              reachable: {type: boolean, description: Whether it answers and says what is needed to begin.}
              state: {$ref: "#/components/schemas/DashboardState"}
              reason: {$ref: "#/components/schemas/GrafanaReason"}
              message: {type: [string, "null"], description: Why not.}
              notes:
                type: array
                description: What is missing but does not stand in the way.
                items: {type: string}
              counts:
                type: object
                description: How many apps are in each state.
                required: [synced, pending, drifted, invalid, failed]
                additionalProperties: false
                properties:
                  synced: {type: integer, minimum: 0}
                  pending: {type: integer, minimum: 0}
                  drifted: {type: integer, minimum: 0}
                  invalid: {type: integer, minimum: 0}
                  failed: {type: integer, minimum: 0}
              done:
                type: object
                description: What this process has done to dashboards.
                required: [created, changed, healed, deleted, failed]
                additionalProperties: false
                properties:
                  created: {type: integer, minimum: 0}
                  changed: {type: integer, minimum: 0}
                  healed: {type: integer, minimum: 0, description: Put back after somebody had changed them.}
                  deleted: {type: integer, minimum: 0}
                  failed: {type: integer, minimum: 0}
          AppDashboards:
            type: object
            description: How the dashboards of the app stand; left out where there is no Grafana or none to have.
            required: [state, reason, message]
            additionalProperties: false
            properties:
              state: {$ref: "#/components/schemas/DashboardState"}
              reason: {$ref: "#/components/schemas/GrafanaReason"}
              message: {type: [string, "null"], description: Why.}
              dashboard:
                type: object
                description: The app's own dashboard as Grafana was seen to have it; left out while it is not known to.
                required: [uid, id, version]
                additionalProperties: false
                properties:
                  uid: {type: string, maxLength: 40}
                  id: {type: integer, description: The number that Grafana gave it.}
                  version: {type: integer, description: 'How often it was written, as Grafana counts.'}
              problems:
                type: array
                description: What is wrong with files in the app's folder of dashboards.
                items: {$ref: "#/components/schemas/FileProblem"}
          DashboardState:
            type: string
            description: |-
              `synced`: Grafana has what HEAD says. `pending`: not looked at yet, or Grafana cannot be reached. `drifted`:
              somebody has changed a dashboard in Grafana. `invalid`: a file at HEAD is no dashboard. `failed`: Grafana
              refuses.
            enum: [synced, pending, drifted, invalid, failed]
          GrafanaReason:
            type: [string, "null"]
            description: The kind of failure; null where there is none.
            enum:
              - null
              - unauthorized
              - forbidden
              - not-found
              - name-exists
              - version-mismatch
              - folder-missing
              - refused
              - too-many-requests
              - server-error
              - unreachable
              - timed-out
              - tls
              - unreadable
              - credentials
              - cancelled
          FileProblem:
            type: object
            required: [file, line, column, path, message]
            additionalProperties: false
            properties:
              file: {type: [string, "null"]}
              line: {type: [integer, "null"], minimum: 1}
              column: {type: [integer, "null"], minimum: 1}
              path: {type: string, description: 'In the file: `spec.graph.components.a.chart`.'}
              message: {type: string}
          CommitOrNull:
            type: [string, "null"]
            pattern: ^[0-9a-f]{40}$
            description: The id of a commit.
        errors:
          unknown_state:
            when: '`state` names something that is no state.'
            message: state is one or more of synced, pending, invalid, failed, with commas between
          nothing_held:
            when: No deletion waits.
            message: no deletion waits for a confirmation
          not_leader:
            when: Another replica writes to the cluster.
            message: 'another replica deletes: rampart-0. Send it the confirmation'
        """#)
}

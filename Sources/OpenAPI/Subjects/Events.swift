extension Subject {
    static let events = Subject(
        "Events",
        #"""
        description: What happens, told as it happens, so that nobody has to ask again and again.
        paths:
          /api/v1/events:
            get:
              operationId: streamEvents
              summary: A stream of events
              description: |-
                Server-sent events, for `EventSource` or `curl -N`. Each has an `id`; who comes back with the last one, in
                `Last-Event-ID` as browsers do or in `lastEventId`, is told what has happened since. Where that is not known
                here any more (another run of the service, another replica, too long ago), the first event is `reset`: read
                everything anew. Where nothing else comes, a comment with the newest `id` and no data does every 15
                seconds, so that who is told of little comes back from there. A client that reads too slowly is sent away,
                and comes back where it was.

                Only apps that the caller may read are told of. `commit` events and those of the cluster each come in their
                order; between the two there is none.
              parameters:
                - name: app
                  in: query
                  description: Only events of these apps; with `namespace`, of either.
                  style: form
                  explode: false
                  schema: {type: array, minItems: 1, items: {$ref: "#/components/schemas/AppID"}}
                  example: [vision_labelling]
                - name: namespace
                  in: query
                  description: Only events of apps in these namespaces.
                  style: form
                  explode: false
                  schema: {type: array, minItems: 1, items: {type: string}}
                  example: [vision]
                - name: type
                  in: query
                  description: Only events of these types.
                  style: form
                  explode: false
                  schema: {type: array, minItems: 1, items: {$ref: "#/components/schemas/EventType"}}
                  example: [applied, refused]
                - name: lastEventId
                  in: query
                  description: The id of the last event that the client has; the header counts more.
                  schema: {type: string}
                - name: Last-Event-ID
                  in: header
                  description: The id of the last event that the client has.
                  schema: {type: string}
              responses:
                "200":
                  description: |-
                    The stream, without an end. `event` is the type, `data` an `Event` in JSON on one line; of a `reset` it is
                    `{"type": "reset", "reason": "restarted" or "too_old", "head"}`.
                  content:
                    text/event-stream:
                      schema: {type: string}
                      example: |
                        retry: 2000
                        id: 4f1c09ab-16

                        id: 4f1c09ab-17
                        event: applied
                        data: {"type":"applied","appId":"vision_labelling","commit":"3f786850e387550fdab836ed7e6dc881de23001b","version":3,"time":"2026-11-25T19:55:13+00:00","requestId":"c0ffee-42"}
              errors:
                "400": [bad_filter]
                "503": [too_many_streams, no_events]
        schemas:
          EventType:
            type: string
            description: |-
              `commit`: a commit of the branch touched the app. `applied`: the cluster was given what HEAD says. `healed`: the
              resource was put back after somebody had changed it. `adopted`: a resource made without git was committed.
              `pruned`: the resource was deleted, as HEAD does not know it. `refused`: the API server refuses the app.
              `failed`: something stands in the way, and it is tried again. `invalid`: a file of the app does not check.
              `sync`: the service as a whole, see `state`. `rewritten`: the branch does not go on from where it was; read
              everything anew.
            enum: [commit, applied, healed, adopted, pruned, refused, failed, invalid, sync, rewritten]
          Event:
            type: object
            required: [type, time]
            additionalProperties: false
            properties:
              type: {$ref: "#/components/schemas/EventType"}
              appId: {$ref: "#/components/schemas/AppID"}
              state:
                type: string
                description: Of `sync` events.
                enum: [unreachable, reachable, held, released, leads, follows]
              commit:
                type: string
                pattern: ^[0-9a-f]{40}$
                description: The commit that touched the app, or whose live graph was applied.
              version: {type: integer, minimum: 0, description: The app's version that it is about.}
              events:
                type: array
                description: Of a `commit`, what it did, as in the app's history.
                items: {type: string}
              author: {type: string, description: Of a `commit`.}
              message: {type: string, description: 'One sentence, or the first line of the commit''s message.'}
              time: {type: string}
              requestId: {type: string, description: The request that caused it, where one of this process did.}
        errors:
          bad_filter:
            when: '`app`, `namespace` or `type` is none.'
            message: app is an app such as vision_labelling, not 'x'
          too_many_streams:
            when: Too many streams are open, of the caller or all together.
            message: too many streams of events are open, close one or try again in a moment
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          no_events:
            when: The service was built into something that notes no events.
            message: this service notes no events
        """#)
}

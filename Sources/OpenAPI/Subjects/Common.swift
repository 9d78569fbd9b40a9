extension Subject {
    /// What belongs to no subject alone.
    static let common = Subject(
        "Common",
        #"""
        schemas:
          Time:
            type: string
            description: ISO 8601 with the offset, in whole seconds.
            pattern: ^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$
            examples: ["2026-11-23T21:12:41+00:00"]
          Truth:
            description: |-
              `true` or `false`, or the words that the UI's service always took for them, in upper or lower case.
            oneOf:
              - {type: boolean}
              - {type: integer, enum: [0, 1]}
              - {type: string, pattern: "^([tT]([rR][uU][eE])?|[yY]([eE][sS])?|[oO][nN]|1)$"}
              - {type: string, pattern: "^([fF]([aA][lL][sS][eE])?|[nN][oO]?|[oO][fF][fF]|0)$"}
          Value:
            description: Any JSON; integers are within 64 bits, and no object has a member twice.
            anyOf:
              - {type: "null"}
              - {type: boolean}
              - {type: integer, minimum: -9223372036854775808, maximum: 9223372036854775807}
              - {type: number}
              - {type: string}
              - {type: array, items: {$ref: "#/components/schemas/Value"}}
              - {type: object, additionalProperties: {$ref: "#/components/schemas/Value"}}
          Members:
            description: An object with any members.
            type: object
            additionalProperties: {$ref: "#/components/schemas/Value"}
          Error:
            type: object
            description: What a client is told instead of what it asked for.
            required: [message]
            properties:
              message: {type: string, minLength: 1, description: 'What is wrong and what to do, for people.'}
              state: {type: string, description: 'A word for programs, where they have to tell errors apart.'}
          InvalidRequest:
            description: A body or a query that is not what the endpoint takes; everything that is wrong is listed.
            allOf:
              - {$ref: "#/components/schemas/Error"}
              - type: object
                required: [detail]
                properties:
                  detail:
                    type: array
                    minItems: 1
                    items:
                      type: object
                      required: [type, loc, msg]
                      additionalProperties: false
                      properties:
                        type:
                          type: string
                          description: '`missing`, `string_type`, `dict_type`, `bool_parsing`, `json_invalid`, …'
                        loc: {$ref: "#/components/schemas/Place"}
                        msg: {type: string}
                        input: {description: What was sent in that place, if it is short.}
                        ctx:
                          type: object
                          required: [error]
                          properties:
                            error: {type: string, description: What the parser said.}
                        line: {type: integer, minimum: 1}
                        column: {type: integer, minimum: 1}
          InvalidGraph:
            description: A graph or a node config that does not check; everything that is wrong is listed.
            allOf:
              - {$ref: "#/components/schemas/Error"}
              - type: object
                required: [detail]
                properties:
                  detail:
                    type: array
                    minItems: 1
                    items:
                      type: object
                      required: [type, loc, msg, path]
                      additionalProperties: false
                      properties:
                        type: {const: graph_invalid}
                        loc: {$ref: "#/components/schemas/Place"}
                        msg: {type: string, description: What was expected.}
                        path: {type: string, description: 'Where: `spec.graph.components.a.chart`.'}
                        line: {type: integer, minimum: 1}
                        column: {type: integer, minimum: 1}
          EntityTags:
            type: string
            description: One or more tags with commas between.
            pattern: ^(W/)?"[0-9a-f]{40}(\.[0-9a-z]+)?"(, ?(W/)?"[0-9a-f]{40}(\.[0-9a-z]+)?")*$
          Place:
            type: array
            description: Where in the request, `body` or `query` first.
            items: {type: [string, integer]}
          PassedOn:
            type: object
            description: An error of the service beside an app, as it came.
            required: [detail]
            properties:
              detail: {description: What is wrong, mostly a text.}
        parameters:
          IfNoneMatch:
            name: If-None-Match
            in: header
            description: An `ETag` that the client has the answer of; 304 where it still is right.
            schema: {type: string}
          IfNoneMatchAny:
            name: If-None-Match
            in: header
            description: '`*`: only if it is not there yet; else 412.'
            schema: {type: string, enum: ["*"]}
          IfMatch:
            name: If-Match
            in: header
            description: |-
              The `ETag` of a read. 412 where there is a newer commit of it. `*`, or none, is any.
            schema:
              anyOf:
                - {const: "*"}
                - {$ref: "#/components/schemas/EntityTags"}
        headers:
          ETag:
            description: Stands for this state of the answer.
            required: true
            schema: {type: string, pattern: '^"[^"]+"$'}
          ETagMaybe:
            description: Stands for this state of the app, where it is still there.
            schema: {type: string, pattern: '^"[^"]+"$'}
          Location:
            description: Where the new thing is.
            required: true
            schema: {type: string, format: uri-reference}
          RetryAfter:
            description: In how many seconds to try again.
            required: true
            schema: {type: string, pattern: "^[0-9]+$"}
          RetryAfterMaybe:
            description: In how many seconds to try again, where that is known.
            schema: {type: string, pattern: "^[0-9]+$"}
          WWWAuthenticate:
            description: Which credentials are taken.
            required: true
            schema: {type: string}
        responses:
          NotModified:
            description: What the client has is still right.
            headers:
              ETag: {$ref: "#/components/headers/ETag"}
        errors:
          invalid_body:
            when: The body is no JSON, lacks members or has them of another kind, or contradicts the path.
            schema: {$ref: "#/components/schemas/InvalidRequest"}
            example:
              message: "spec: Field required"
              detail: [{type: missing, loc: [body, spec], msg: Field required, input: {kind: RampartGraph}}]
          bad_if_match:
            when: '`If-Match` holds something that is no tag of this service, or cannot hold for what is made anew.'
            message: "'abc' in If-Match is no tag of this service, expected the ETag of a read of the app"
          bad_if_none_match:
            when: '`If-None-Match` of what is made anew is something else than `*`.'
            message: 'If-None-Match is ''"x"'', expected * for what is made anew'
          storage_failed:
            when: The disk of the graph repository is full, read-only or does not flush. Nothing was changed.
            message: "nothing was changed: the graph repository cannot be written: no space left on device"
          repository_busy:
            when: Another process holds the locks of the graph repository. Nothing was changed.
            message: "nothing was changed: the graph repository is in use: refs/heads/main is locked"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          branch_not_verified:
            when: |-
              The branch stands on a commit that is not signed by anybody who may (`--verify-signatures`), or the service's
              own commit would not be. Nothing was changed; `GET /api/v1/sync` says where it stopped.
            message: "nothing was changed: the branch stands on commits that are not verified: commit 1a2b3c4 of Ada Lovelace <ada@example.com> is not applied, nor anything after it: it is not signed"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          unauthorized:
            when: The service asks who calls, and there are no credentials, or none that are good.
            message: "who are you? send a token: Authorization: Bearer TOKEN"
            headers: {WWW-Authenticate: {$ref: "#/components/headers/WWWAuthenticate"}}
          forbidden:
            when: The caller is known, but may not do that there, whether or not the app exists.
            message: ada may not read in the namespace vision; whoever keeps the policy can allow it
          access_unknown:
            when: Whoever knows who calls, or what they may do, cannot be asked now.
            message: the API server cannot be asked what you may do now, try again in a moment
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          busy:
            when: Too many requests are on their way.
            message: too many requests are on their way, try again
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          too_many_requests:
            when: The caller sends too many requests.
            message: too many requests, wait for 2 s
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          url_too_long:
            when: The path with its query is longer than 8 KiB.
            message: the URL is too long, at most 8192 bytes are taken
          remote_unreachable:
            when: Nobody answers at the remote, or its server has trouble.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git: connection refused"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_timed_out:
            when: The remote fell silent and was given up, before anything was sent.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git has said nothing for 20 s"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_unknown_outcome:
            when: |-
              The connection broke while the commit was on its way, and the remote could not be asked any more whether
              it has it.
            message: "it is not known whether the remote has taken the change; look before you repeat it: https://forge/x.git: the remote end hung up unexpectedly"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_refused:
            when: The remote does not accept the credentials, or they cannot be read.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git: Authentication failed"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_untrusted:
            when: The certificate or the host key of the remote is none that is believed.
            message: "nothing was changed, as the remote did not take it: git@forge:x.git: Host key verification failed."
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_not_found:
            when: There is no such remote for these credentials, or it has moved.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git: repository not found"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_branch_missing:
            when: The branch has vanished from the remote.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git: couldn't find remote ref refs/heads/main"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_full:
            when: The disk of the remote is full.
            message: "nothing was changed, as the remote did not take it: file:///srv/git/graphs.git: write error: No space left on device"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_read_only:
            when: The remote cannot be written, or not with these credentials.
            message: "nothing was changed, as the remote did not take it: https://forge/x.git: The requested URL returned error: 403"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_failed:
            when: git cannot be run, or the remote does not take what it is sent as whole.
            message: "nothing was changed, as the remote did not take it: there is no program 'git' on the PATH; install git"
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfter"}}
          remote_declined:
            when: A hook or a protected branch of the remote says no. Nothing was changed.
            message: "nothing was changed, as the remote did not take it: git@forge:x.git: protected"
          remote_follows_only:
            when: The service only follows its remote.
            message: "nothing was changed, as the remote did not take it: this service only follows file:///srv/git/graphs.git"
          no_such_path:
            when: Nothing is at this path, for example as a part of it is no percent-encoded UTF-8.
            schema:
              allOf:
                - {$ref: "#/components/schemas/Error"}
                - {type: object, required: [detail], properties: {detail: {const: Not Found}}}
            example: {message: there is nothing at /api/v1/nothing, detail: Not Found}
          origin_not_allowed:
            when: A page of another origin, which is not allowed, wants to change something.
            message: "pages of another origin may not change anything here, unless --cors-origin names it"
          host_not_allowed:
            when: Where nobody is asked who it is, `Host` has to be a name of this machine, or one of `--allowed-host`.
            message: "nobody is asked who it is here, so it matters by which name: ask for localhost, or start the service with --allowed-host ui.example.com if ui.example.com is a name of its own"
          body_too_slow:
            when: The body did not arrive in time.
            message: the body did not arrive within 60.0 seconds
          body_too_large:
            when: The body is over 3 MiB.
            message: the body is too large, at most 3145728 bytes are taken
          unexpected:
            when: Something went wrong in the service; its log says what.
            schema: {$ref: "#/components/schemas/Error"}
            example: {message: "something went wrong here, the service's log says what"}
        """#)
}

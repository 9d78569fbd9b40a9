extension Subject {
    static let health = Subject(
        "Health",
        #"""
        description: For probes; these answer without the base path too.
        paths:
          /healthz:
            get:
              operationId: isAlive
              summary: Whether the process answers
              responses:
                "200":
                  description: It does.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [status]
                        additionalProperties: false
                        properties:
                          status: {const: ok}
                      example: {status: ok}
          /readyz:
            get:
              operationId: isReady
              summary: Whether all parts work
              responses:
                "200":
                  description: They do.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Readiness"}
                      example: {ready: true, parts: {repository: {ready: true}, cluster: {ready: true}, sync: {ready: true}}}
                "503":
                  description: One does not; `message` says which, and why.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/Readiness"}
                      example:
                        ready: false
                        parts:
                          repository: {ready: true}
                          cluster: {ready: false, message: "the API server cannot be reached: connection refused"}
                        message: "cluster: the API server cannot be reached: connection refused"
        schemas:
          Readiness:
            type: object
            required: [ready]
            additionalProperties: false
            properties:
              ready: {type: boolean}
              message: {type: string}
              parts:
                type: object
                description: |-
                  `repository` is needed to be ready, and `cluster` until it was seen once. The others are told of: `sync`,
                  and where there are any `leader`, `signatures`, `remote`, `grafana`, `tokens`, `policy`, `certificates`,
                  `events` (those beside resources), `forge`, `housekeeping`.
                additionalProperties:
                  type: object
                  required: [ready]
                  additionalProperties: false
                  properties:
                    ready: {type: boolean}
                    message: {type: string, description: 'Why not, or what is worth knowing.'}
        """#)
}

extension Subject {
    static let webhooks = Subject(
        "Webhooks",
        #"""
        description: |-
          Deliveries of forges that say that the branch has moved. Each is signed with a secret that the service was
          started with (`--webhook-secret-file`); what is not is turned away.
        paths:
          /api/v1/webhooks/{source}:
            parameters:
              - $ref: "#/components/parameters/WebhookSource"
            post:
              operationId: takeWebhook
              summary: Take a delivery
              parameters:
                - name: X-Hub-Signature-256
                  in: header
                  description: '`github`, `gitea`: `sha256=` and the HMAC of the body.'
                  schema: {type: string}
                - name: X-Hub-Signature
                  in: header
                  description: '`bitbucket`: `sha256=` and the HMAC of the body.'
                  schema: {type: string}
                - name: X-Gitea-Signature
                  in: header
                  description: '`gitea`: the HMAC of the body.'
                  schema: {type: string}
                - name: X-Forgejo-Signature
                  in: header
                  description: '`gitea`: the HMAC of the body.'
                  schema: {type: string}
                - name: X-Gitlab-Token
                  in: header
                  description: '`gitlab`: the secret itself, or else `webhook-signature` with what belongs to it.'
                  schema: {type: string}
                - name: webhook-signature
                  in: header
                  description: '`gitlab`: `v1,` and the HMAC of id, timestamp and body.'
                  schema: {type: string}
                - name: webhook-id
                  in: header
                  schema: {type: string}
                - name: webhook-timestamp
                  in: header
                  schema: {type: string}
                - name: X-Rampart-Signature-256
                  in: header
                  description: |-
                    `generic`: `sha256=` and the HMAC of the body; or else `Authorization: Bearer` with the secret.
                  schema: {type: string}
              requestBody:
                description: What the forge sends; a script may send nothing. 26 MiB at most.
                content:
                  application/json:
                    schema: true
                  application/x-www-form-urlencoded:
                    schema:
                      type: object
                      required: [payload]
                      properties:
                        payload: {type: string, description: The same JSON.}
              responses:
                "200":
                  description: There is nothing to fetch, and why.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [state, message]
                        additionalProperties: false
                        properties:
                          state: {enum: [ok, ignored, deleted, repeated]}
                          message: {type: string}
                      example: {state: ignored, message: "the push is to the branch dev, main is followed"}
                "202":
                  description: The branch is looked at now.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [state, message]
                        additionalProperties: false
                        properties:
                          state: {const: fetching}
                          message: {type: string}
                      example: {state: fetching, message: the branch main is looked at now}
              errors:
                "400": [bad_payload]
                "401": [signature_missing]
                "403": [signature_wrong]
                "404": [webhook_not_configured]
                "503": [webhook_secret_unreadable]
        parameters:
          WebhookSource:
            name: source
            in: path
            required: true
            description: Who sends. `gitea` is Forgejo too; `generic` is a script, a mirror, a `post-receive` hook.
            schema: {type: string, enum: [github, gitlab, gitea, bitbucket, generic]}
            example: github
        errors:
          bad_payload:
            when: The body is no JSON, or a form without it.
            message: "the body is no JSON: 1:1: expected a value"
          signature_missing:
            when: The delivery is not signed, or not in the way of who sends it.
            message: >-
              the delivery is not signed, or not in the way of github: expected X-Hub-Signature-256. Give the webhook
              the secret of this service
          signature_wrong:
            when: The signature does not fit to any secret.
            message: >-
              the signature does not fit: the webhook at github has another secret than this service, or the delivery
              was changed on its way
          webhook_not_configured:
            when: No secret is set for who sends.
            message: >-
              webhooks of github are not taken, as no secret is set: start the service with --webhook-secret-file
              github=FILE
          webhook_secret_unreadable:
            when: The file of the secret cannot be read.
            message: the secret for webhooks of github cannot be read here, the service's log says why
        """#)
}

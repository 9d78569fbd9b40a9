extension Subject {
    static let proposals = Subject(
        "Proposals",
        #"""
        description: |-
          A write with `?propose=true` is not done but proposed: its commit goes onto a branch of its own,
          `rampart/{app_id}/{short id}`, and where the service knows a forge a pull request is opened for it. Where
          `rampart.yaml` says `protected: true`, every write is a proposal.
        parameters:
          Propose:
            name: propose
            in: query
            description: Whether the change is to be proposed instead of made.
            schema:
              type: string
              description: '`true` or `false`; `1`, `yes`, `on` and their opposites count too, in any case.'
              pattern: "^([tT]([rR][uU][eE])?|[yY]([eE][sS])?|[oO][nN]|1|[fF]([aA][lL][sS][eE])?|[nN][oO]?|[oO][fF][fF]|0)$"
        schemas:
          Proposed:
            type: object
            required: [state, branch, commit, url]
            additionalProperties: false
            properties:
              state: {const: proposed}
              branch: {type: string, description: The branch in the graph repository.}
              commit: {type: string, pattern: "^[0-9a-f]{40}$"}
              versionId: {type: integer, minimum: 1, description: The version that is proposed.}
              url: {type: [string, "null"], description: The page of the pull request; null where there is no forge.}
              number: {type: integer, description: The number of the pull request.}
              message: {type: string, description: What to do where there is no forge.}
        responses:
          Proposed:
            description: Proposed; nothing has changed on the branch that is applied.
            content:
              application/json:
                schema: {$ref: "#/components/schemas/Proposed"}
                example:
                  state: proposed
                  branch: rampart/vision_demo/1a2b3c4
                  commit: 1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d
                  versionId: 2
                  url: https://forge.example.com/acme/graphs/pull/7
                  number: 7
        errors:
          bad_propose:
            when: The query says `propose` with something else than true or false.
            message: "propose is 'perhaps', expected true or false"
          nothing_to_propose:
            when: The change would change nothing.
            message: "nothing was proposed: everything is already as it would be"
          branch_protected:
            when: The branch has just become protected; the same request again is a proposal.
            message: "main is protected (rampart.yaml): changes come to it by pull request only; propose this one"
          pull_request_failed:
            when: The commit is on its branch, but the forge has not opened a pull request; ask again.
            message: >-
              nothing has changed on main: the commit is on the branch rampart/vision_demo/1a2b3c4, but there is no pull
              request for it: cannot open a pull request at github: Bad credentials (401). Send the request again, or
              open one by hand
        """#)
}

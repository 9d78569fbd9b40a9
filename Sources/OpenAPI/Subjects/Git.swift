extension Subject {
    static let git = Subject(
        "Git",
        #"""
        description: |-
          The graph repository itself, for `git clone` and `git push`, in git's smart protocol (gitprotocol-http). What
          is wrong is said in plain text, as git shows it.
        paths:
          /git/graphs.git/info/refs:
            get:
              operationId: listGitRefs
              summary: Which branches and tags there are
              parameters:
                - name: service
                  in: query
                  required: true
                  description: For a clone or a fetch, or for a push.
                  schema: {type: string, enum: [git-upload-pack, git-receive-pack]}
                  example: git-upload-pack
                - &version
                  name: Git-Protocol
                  in: header
                  description: '`version=2` for the newer form of the protocol.'
                  schema: {type: string}
              responses:
                "200":
                  description: The references, in git's own form.
                  content:
                    application/x-git-upload-pack-advertisement: {}
                    application/x-git-receive-pack-advertisement: {}
                "404": &nothing
                  description: There is no such repository, or the dumb protocol is asked for.
                  content: &text
                    text/plain: {schema: {type: string}, example: there is no such repository here}
                    application/json: {schema: {$ref: "#/components/schemas/Error"}}
                "503": &busy
                  description: Too many clones and pushes at once.
                  headers:
                    Retry-After: {$ref: "#/components/headers/RetryAfter"}
                  content: *text
          /git/graphs.git/git-upload-pack:
            post:
              operationId: fetchWithGit
              summary: Clone or fetch
              parameters: [*version]
              requestBody:
                required: true
                description: What is wanted, and what is there already. Of any size.
                content:
                  application/x-git-upload-pack-request: {}
              responses:
                "200":
                  description: The objects.
                  content:
                    application/x-git-upload-pack-result: {}
                "404": *nothing
                "415": &type
                  description: The body is of another type.
                  content: *text
                "503": *busy
          /git/graphs.git/git-receive-pack:
            post:
              operationId: pushWithGit
              summary: Push
              description: |-
                The loop looks at what came at once. Who pushes is in the reflog, by `X-Forwarded-User` where the
                service trusts it. What the push changes takes the rights that the same changes take here; where one of
                them is missing, or a file does not check, the push is refused as a whole, in git's own form and with 200.
              parameters: [*version]
              requestBody:
                required: true
                description: The objects, and which references to move. Of any size.
                content:
                  application/x-git-receive-pack-request: {}
              responses:
                "200":
                  description: What became of each reference.
                  content:
                    application/x-git-receive-pack-result: {}
                "404": *nothing
                "415": *type
                "503": *busy
        """#)
}

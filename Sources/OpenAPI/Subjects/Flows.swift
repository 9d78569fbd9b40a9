extension Subject {
    static let flows = Subject(
        "Flows",
        #"""
        description: |-
          Files and repositories of an app's flows. The service beside the app (`rampart flows`) answers; its answer is
          passed on as it comes, errors included, which have a `detail`.
        paths:
          /api/v1/app/{app_id}/flows_service/{flow}/directory:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Flow"
            get:
              operationId: listFlowFolder
              summary: A folder of a volume flow
              parameters:
                - $ref: "#/components/parameters/FlowPath"
              responses:
                "200": {$ref: "#/components/responses/Folder"}
              errors: &errors
                "400": [flow_refuses]
                "404": [graph_not_found, flow_refuses]
                "422": [invalid_query]
                "502": [not_configured, upstream_unreachable, upstream_invalid]
                "504": [upstream_timeout]
          /api/v1/app/{app_id}/flows_service/{flow}/file:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Flow"
            get:
              operationId: getFlowFile
              summary: A file of a volume flow
              parameters: &file
                - $ref: "#/components/parameters/FlowPath"
                - $ref: "#/components/parameters/Range"
                - $ref: "#/components/parameters/IfRange"
                - $ref: "#/components/parameters/IfNoneMatch"
                - $ref: "#/components/parameters/IfModifiedSince"
              responses: &content
                "200": {$ref: "#/components/responses/File"}
                "206": {$ref: "#/components/responses/PartOfFile"}
                "304": {$ref: "#/components/responses/NotModified"}
                "416": {$ref: "#/components/responses/RangeNotSatisfiable"}
              errors: *errors
          /api/v1/app/{app_id}/flows_service/{flow}/repo-metadata:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Flow"
            get:
              operationId: getRepositoryMetadata
              summary: Branches and tags of a repository flow
              responses:
                "200":
                  description: The repository.
                  headers: &guards
                    X-Content-Type-Options: {$ref: "#/components/headers/NoSniff"}
                    Content-Security-Policy: {$ref: "#/components/headers/FilePolicy"}
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [defaultBranch, branches, tags]
                        properties:
                          defaultBranch: {type: [string, "null"]}
                          branches:
                            type: array
                            description: 'The one that is checked out has `* ` before it.'
                            items: {type: string}
                          tags: {type: array, items: {type: string}}
                      example: {defaultBranch: main, branches: [dev, "* main"], tags: [v1]}
              errors:
                "400": [flow_refuses]
                "404": [graph_not_found, flow_refuses]
                "422": [invalid_query]
                "502": [not_configured, upstream_unreachable, upstream_invalid]
                "504": [upstream_timeout]
          /api/v1/app/{app_id}/flows_service/{flow}/repo-directory:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Flow"
            get:
              operationId: listRepositoryFolder
              summary: A folder of a repository flow
              description: A tag counts more than a branch; with neither it is the default branch.
              parameters:
                - $ref: "#/components/parameters/FlowPath"
                - $ref: "#/components/parameters/Branch"
                - $ref: "#/components/parameters/Tag"
              responses:
                "200":
                  description: The entries, by name.
                  headers: *guards
                  content:
                    application/json:
                      schema:
                        allOf:
                          - {$ref: "#/components/schemas/Folder"}
                          - type: object
                            required: [branch]
                            properties:
                              branch: {type: string, description: The branch or tag that was read.}
                      example: {branch: main, path: [], contents: [{path: [], name: src, type: directory}]}
              errors: *errors
          /api/v1/app/{app_id}/flows_service/{flow}/repo-file:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Flow"
            get:
              operationId: getRepositoryFile
              summary: A file of a repository flow
              description: A tag counts more than a branch; with neither it is the default branch.
              parameters:
                - $ref: "#/components/parameters/FlowPath"
                - $ref: "#/components/parameters/Branch"
                - $ref: "#/components/parameters/Tag"
                - $ref: "#/components/parameters/Range"
                - $ref: "#/components/parameters/IfRange"
                - $ref: "#/components/parameters/IfNoneMatch"
                - $ref: "#/components/parameters/IfModifiedSince"
              responses: *content
              errors:
                "400": [flow_refuses]
                "404": [graph_not_found, flow_refuses]
                "413": [flow_refuses]
                "422": [invalid_query]
                "502": [not_configured, upstream_unreachable, upstream_invalid]
                "504": [upstream_timeout]
        parameters:
          Flow:
            name: flow
            in: path
            required: true
            description: The name of the flow.
            schema: {type: string, minLength: 1}
            example: labels
          FlowPath:
            name: path
            in: query
            required: true
            description: Below the flow's folder; empty or `/` is the folder itself.
            schema: {type: string}
            example: /
          Branch:
            name: branch
            in: query
            description: A branch to read.
            schema: {type: string}
            example: main
          Tag:
            name: tag
            in: query
            description: A tag to read.
            schema: {type: string}
          Range:
            name: Range
            in: header
            description: The part of the file that is wanted, `bytes=0-499`; what is no range is left aside (RFC 9110).
            schema: {type: string}
          IfRange:
            name: If-Range
            in: header
            description: The `ETag` or `Last-Modified` of the file that `Range` is about.
            schema: {type: string}
          IfModifiedSince:
            name: If-Modified-Since
            in: header
            description: 304 where the file has not changed since.
            schema: {type: string}
        headers:
          NoSniff:
            description: What the file says of itself is not guessed at.
            schema: {const: nosniff}
          FilePolicy:
            description: A file is somebody's, so no page in it may act in the name of whoever looks at it.
            schema: {type: string}
          ContentRange:
            description: Which part of the file this is.
            schema: {type: string, pattern: "^bytes "}
          AcceptRanges:
            description: Ranges are answered.
            schema: {const: bytes}
          LastModified:
            description: When the file last changed, where that is known.
            schema: {type: string}
        schemas:
          Folder:
            type: object
            required: [path, contents]
            properties:
              path: {type: array, description: The path in its parts., items: {type: string}}
              contents:
                type: array
                items:
                  type: object
                  required: [path, name, type]
                  properties:
                    path: {type: array, description: The folder that it is in., items: {type: string}}
                    name: {type: string}
                    type: {enum: [directory, file]}
        responses:
          Folder:
            description: The entries, by name.
            headers:
              X-Content-Type-Options: {$ref: "#/components/headers/NoSniff"}
              Content-Security-Policy: {$ref: "#/components/headers/FilePolicy"}
            content:
              application/json:
                schema: {$ref: "#/components/schemas/Folder"}
                example:
                  path: []
                  contents: [{path: [], name: models, type: directory}, {path: [], name: notes.txt, type: file}]
          File:
            description: The file as it comes, of the type that its name tells.
            headers:
              ETag: {$ref: "#/components/headers/ETag"}
              Accept-Ranges: {$ref: "#/components/headers/AcceptRanges"}
              Last-Modified: {$ref: "#/components/headers/LastModified"}
              X-Content-Type-Options: {$ref: "#/components/headers/NoSniff"}
              Content-Security-Policy: {$ref: "#/components/headers/FilePolicy"}
            content:
              "*/*": {}
          PartOfFile:
            description: The part of the file that was asked for.
            headers:
              ETag: {$ref: "#/components/headers/ETag"}
              Content-Range: {$ref: "#/components/headers/ContentRange"}
              Accept-Ranges: {$ref: "#/components/headers/AcceptRanges"}
              Last-Modified: {$ref: "#/components/headers/LastModified"}
              X-Content-Type-Options: {$ref: "#/components/headers/NoSniff"}
              Content-Security-Policy: {$ref: "#/components/headers/FilePolicy"}
            content:
              "*/*": {}
          RangeNotSatisfiable:
            description: The range lies behind the end of the file, whose size `Content-Range` says.
            headers:
              Content-Range: {$ref: "#/components/headers/ContentRange"}
              Accept-Ranges: {$ref: "#/components/headers/AcceptRanges"}
            content:
              application/json:
                schema: {$ref: "#/components/schemas/PassedOn"}
                example: {detail: The range lies behind the end}
        errors:
          flow_refuses:
            when: |-
              What the service beside the app says: the flow, folder, file, branch or tag is not there (404), a path
              leaves the flow or is of another kind (400), a file of a repository is over 256 MiB (413).
            schema: {$ref: "#/components/schemas/PassedOn"}
            example: {detail: File not found}
          invalid_query:
            when: A parameter is missing, or is no percent-encoded UTF-8.
            schema: {$ref: "#/components/schemas/InvalidRequest"}
            example:
              message: the query lacks 'path'
              detail: [{type: missing, loc: [query, path], msg: Field required, input: null}]
          not_configured:
            when: The service was started without an address for this.
            message: the service of the volume flows of vision_demo is not configured for this service
          upstream_unreachable:
            when: The service beside the app cannot be reached.
            message: 'the service of the volume flows of vision_demo cannot be reached: connection refused'
          upstream_invalid:
            when: The service beside the app answers nonsense.
            message: the service of the volume flows of vision_demo answered 204 without JSON
          upstream_timeout:
            when: The service beside the app is silent.
            message: the service of the volume flows of vision_demo has not answered within 10.0 seconds
        """#)
}

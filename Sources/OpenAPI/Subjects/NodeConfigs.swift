extension Subject {
    static let nodeConfigs = Subject(
        "Node configs",
        #"""
        description: |-
          The library of components and flows that the UI offers: files `configs/<id>.yaml` of the graph repository.
          Create, change and delete are commits; engineers may edit the files too.
        paths:
          /api/v1/node-configs:
            get:
              operationId: listNodeConfigs
              summary: All node configs
              description: The oldest first.
              responses:
                "200":
                  description: The node configs.
                  content:
                    application/json:
                      schema: {type: array, items: {$ref: "#/components/schemas/NodeConfig"}}
            post:
              operationId: createNodeConfig
              summary: Create a node config
              description: It gets an id of its own.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatchAny"
                - $ref: "#/components/parameters/Propose"
              requestBody: &body
                required: true
                content:
                  application/json:
                    schema: {$ref: "#/components/schemas/NodeConfigContent"}
                    example:
                      title: GPU notebook
                      type: component
                      nodeType: generic-service
                      config: {image: "jupyter:6", gpus: 1}
                      message: For people with a GPU quota
              responses:
                "200":
                  description: The node config.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/NodeConfig"}
                  links:
                    show: {operationId: getNodeConfig, parameters: {id: $response.body#/id}}
                    change: {operationId: changeNodeConfig, parameters: {id: $response.body#/id}}
                    delete: {operationId: deleteNodeConfig, parameters: {id: $response.body#/id}}
                "202": {$ref: "#/components/responses/Proposed"}
              errors:
                "400": [bad_if_match, bad_if_none_match, bad_propose]
                "409": [branch_protected]
                "422": [invalid_body, invalid_graph]
                "503": [repository_busy]
                "507": [storage_failed]
          /api/v1/node-configs/{id}:
            parameters:
              - $ref: "#/components/parameters/NodeConfigID"
            get:
              operationId: getNodeConfig
              summary: One node config
              responses:
                "200": &answer
                  description: The node config.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/NodeConfig"}
              errors:
                "404": [configs_not_found]
            put:
              operationId: changeNodeConfig
              summary: Change a node config
              description: |-
                Replaces it whole: a `message` that is left out becomes null. A change that changes nothing is no new
                version.
              parameters:
                - $ref: "#/components/parameters/IfMatch"
                - $ref: "#/components/parameters/Propose"
              requestBody: *body
              responses:
                "200": *answer
                "202": {$ref: "#/components/responses/Proposed"}
              errors:
                "400": [bad_if_match, bad_propose]
                "409": [nothing_to_propose, branch_protected]
                "404": [configs_not_found]
                "412": [config_changed]
                "422": [invalid_body, invalid_graph]
                "503": [repository_busy]
                "507": [storage_failed]
            delete:
              operationId: deleteNodeConfig
              summary: Delete a node config
              parameters:
                - $ref: "#/components/parameters/IfMatch"
                - $ref: "#/components/parameters/Propose"
              responses:
                "202": {$ref: "#/components/responses/Proposed"}
                "204": {description: It is gone.}
              errors:
                "400": [bad_if_match, bad_propose]
                "409": [branch_protected]
                "404": [configs_not_found]
                "412": [config_changed]
                "503": [repository_busy]
                "507": [storage_failed]
        parameters:
          NodeConfigID:
            name: id
            in: path
            required: true
            description: 32 hexadecimal digits of the service's own; a file that an engineer made may have any name.
            schema: {$ref: "#/components/schemas/NodeConfigID"}
            example: 0f5b2c3d4e5f60718293a4b5c6d7e8f9
        schemas:
          NodeConfigID: {type: string, pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$"}
          NodeConfigContent:
            type: object
            required: [title, config, type, nodeType]
            additionalProperties: {$ref: "#/components/schemas/Value"}
            properties:
              title: {type: string}
              config: {description: What a new node begins with., allOf: [{$ref: "#/components/schemas/Members"}]}
              type: {type: string, description: '`component` or `flow`, to the UI.'}
              nodeType: {type: string, description: 'For example `generic-service` or `volume`.'}
              message: {type: string, description: For people.}
          NodeConfig:
            type: object
            required:
              [id, title, config, type, nodeType, message, creationTimestamp, lastModifiedTimestamp, version]
            additionalProperties: false
            properties:
              id: {$ref: "#/components/schemas/NodeConfigID"}
              title: {type: string}
              config: {type: object}
              type: {type: string}
              nodeType: {type: string}
              message: {type: [string, "null"]}
              creationTimestamp: {$ref: "#/components/schemas/Time"}
              lastModifiedTimestamp:
                type: [string, "null"]
                description: When the content last changed; null while it is as it came.
              version: {type: integer, minimum: 1, description: How many commits have touched the file.}
        errors:
          configs_not_found:
            when: There is no such node config.
            message: there is no node config 0f5b2c3d4e5f60718293a4b5c6d7e8f9
        """#)
}

extension Subject {
    static let description = Subject(
        "Description",
        #"""
        description: This description itself.
        paths:
          /openapi.json:
            get:
              operationId: getDescription
              summary: The description, for programs
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: An OpenAPI 3.1 document.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [openapi, info, servers, tags, paths, components]
                        properties:
                          openapi: {const: "3.1.0"}
                "304": {$ref: "#/components/responses/NotModified"}
          /docs:
            get:
              operationId: getDocs
              summary: The description, for people
              description: One page that asks for nothing else.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: The page.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                    Content-Security-Policy:
                      description: Nothing but the page's own style and script.
                      schema: {type: string}
                  content:
                    text/html:
                      schema: {type: string}
                "304": {$ref: "#/components/responses/NotModified"}
        """#)
}

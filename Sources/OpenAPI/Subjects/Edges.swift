extension Subject {
    static let edges = Subject(
        "Edges",
        #"""
        description: Whether the edges of a live component are alive, as the service in it (`rampart liveness`) says.
        paths:
          /api/v1/app/{app_id}/edge/input/{component}/{edge}:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Component"
              - $ref: "#/components/parameters/Edge"
            get:
              operationId: getInputEdge
              summary: Who writes to an input
              responses:
                "200":
                  description: The component and the edge of each that does.
                  content:
                    application/json:
                      schema:
                        type: array
                        items: {type: array, minItems: 2, maxItems: 2, items: {type: string}}
                      example: [[studio, labels]]
              errors: &errors
                "404": [graph_not_found, component_not_found, edge_not_found]
                "502": [not_configured, upstream_unreachable, upstream_invalid]
                "504": [upstream_timeout]
          /api/v1/app/{app_id}/edge/output/{component}/{edge}:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Component"
              - $ref: "#/components/parameters/Edge"
            get:
              operationId: getOutputEdge
              summary: Whether an output can be written to
              responses:
                "200":
                  description: Whether it can.
                  content:
                    application/json:
                      schema: {type: boolean}
                      example: true
              errors: *errors
        parameters:
          Component:
            name: component
            in: path
            required: true
            description: The component, with `_` or `-`.
            schema: {type: string, minLength: 1}
            example: studio
          Edge:
            name: edge
            in: path
            required: true
            description: The name of the edge.
            schema: {type: string, minLength: 1}
            example: labels
        errors:
          component_not_found:
            when: The live graph has no such component.
            message: the live graph of vision_demo has no component nope
          edge_not_found:
            when: The component has no such edge.
            message: 'the component studio has no such edge: nope'
        """#)
}

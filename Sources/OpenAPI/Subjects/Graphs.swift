extension Subject {
    static let graphs = Subject(
        "Graphs",
        #"""
        description: |-
          A graph is a whole RampartGraph manifest. Names have to agree in it, which a schema cannot say: an input's
          flow exists and has its type, `needs` names a component, components and flows share one space of names, two
          components do not share a namespace, mount paths of a component are no prefixes of one another.
        paths:
          /api/v1/graphs/schema:
            get:
              operationId: getGraphSchema
              summary: The JSON Schema of a graph
              description: JSON Schema 2020-12, what `RampartGraph` here says, in one document of its own.
              parameters:
                - $ref: "#/components/parameters/IfNoneMatch"
              responses:
                "200":
                  description: The schema.
                  headers:
                    ETag: {$ref: "#/components/headers/ETag"}
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [$schema, title, type, properties, $defs]
                        properties:
                          $schema: {const: "https://json-schema.org/draft/2020-12/schema"}
                          title: {const: RampartGraph}
                          type: {const: object}
                          properties: {type: object}
                          $defs: {type: object}
                "304": {$ref: "#/components/responses/NotModified"}
        schemas:
          Label:
            type: string
            description: A DNS-1123 label.
            pattern: ^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$
          NewGraph:
            description: A graph to create an app with.
            allOf:
              - {$ref: "#/components/schemas/RampartGraph"}
          GraphSpec:
            type: object
            required: [graph]
            additionalProperties: false
            properties:
              deploy: {type: boolean, description: Deploying and undeploying decide; what is said here is left aside.}
              graph: {$ref: "#/components/schemas/RampartGraph.graph"}
          ShownGraph:
            type: object
            description: |-
              A graph in an answer: name, namespace and `spec.graph` of its manifest, with its resource's status.
            required: [apiVersion, kind, metadata, spec]
            additionalProperties: false
            properties:
              apiVersion: {const: rampart.petuum.com/v1beta2}
              kind: {const: RampartGraph}
              metadata:
                type: object
                required: [name, namespace]
                additionalProperties: false
                properties:
                  name: {$ref: "#/components/schemas/Label"}
                  namespace: {$ref: "#/components/schemas/Label"}
              spec:
                type: object
                additionalProperties: false
                properties:
                  graph: {$ref: "#/components/schemas/RampartGraph.graph"}
              status: {$ref: "#/components/schemas/ResourceStatus"}
          ResourceStatus:
            description: The `status` of the resource, as Rampart's controller writes it.
            type: object
            properties:
              phase:
                type: string
                description: '`Deploying`, `Deployed`, `Undeploying`, `Undeployed`, `Deleting`, `Failed`.'
              observedGeneration: {type: integer}
              lastModified: {type: string}
              componentNamespaces: true
              endpointPaths: true
              messages: true
              reason: true
        examples:
          graph:
            summary: One component that writes to one volume
            value:
              apiVersion: rampart.petuum.com/v1beta2
              kind: RampartGraph
              metadata: {name: demo, namespace: vision}
              spec:
                graph:
                  components:
                    studio:
                      type: generic-service
                      chart: {repo: rampart-repo, name: generic-service, version: 1.2.0}
                      config: {replicas: 1}
                      outputs:
                        labels: {type: volume, flow: labels, config: {mountPath: /labels}}
                  flows:
                    labels:
                      type: volume
                      config: {size: 5Gi, reclaimPolicy: Retain}
        errors:
          invalid_graph:
            when: The graph does not check. Everything that is wrong is listed, with its place.
            schema: {$ref: "#/components/schemas/InvalidGraph"}
            example:
              message: >-
                the graph does not check, 1 problem: 1:146: spec.graph.components.a.chart: expected an object, found
                nothing
              detail:
                - type: graph_invalid
                  loc: [body, spec, graph, components, a, chart]
                  msg: expected an object, found nothing
                  path: spec.graph.components.a.chart
                  line: 1
                  column: 146
        """#)
}

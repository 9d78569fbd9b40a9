extension Subject {
    static let status = Subject(
        "Status",
        #"""
        description: |-
          How apps fare, from watches of the resources, of Helm's releases and of pods; no request asks the cluster.
          What the service's account may not read is `unknown`, with the reason.
        paths:
          /api/v1/apps/status/list:
            get:
              operationId: listStatus
              summary: The status of all apps
              description: By namespace and name, in a word each.
              responses:
                "200":
                  description: The apps.
                  content:
                    application/json:
                      schema: {type: array, items: {$ref: "#/components/schemas/StatusRow"}}
                      example:
                        - {id: vision_labelling, name: labelling, appId: vision_labelling, status: deployed}
          /api/v1/graph-status/{app_id}:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getGraphStatus
              summary: The status of one app, its components and flows
              responses:
                "200":
                  description: A list with the live graph, or an empty one for an app that was never deployed.
                  content:
                    application/json:
                      schema: {type: array, maxItems: 1, items: {$ref: "#/components/schemas/GraphStatus"}}
                      example:
                        - name: labelling
                          namespace: vision
                          readOnly: false
                          appId: vision_labelling
                          status: deployed
                          deployed: true
                          message: ""
                          nodes:
                            - componentTitle: studio
                              status: normal
                              message: Install complete
                              k8sUrl: https://k8s.example.com/#/deployment?namespace=vision-labelling-studio
                          flows: [{flowTitle: labels, status: normal}]
                          progress: 1.0
                          version: "1"
              errors:
                "404": [graph_not_found]
        schemas:
          StatusRow:
            type: object
            required: [id, name, appId, status]
            additionalProperties: false
            properties:
              id: {$ref: "#/components/schemas/AppID"}
              name: {$ref: "#/components/schemas/Label"}
              appId: {$ref: "#/components/schemas/AppID"}
              status: {$ref: "#/components/schemas/GraphState"}
          GraphStatus:
            type: object
            required: [name, namespace, readOnly, appId, status, deployed, message, nodes, flows, progress, version]
            additionalProperties: false
            properties:
              name: {$ref: "#/components/schemas/Label"}
              namespace: {$ref: "#/components/schemas/Label"}
              readOnly: {$ref: "#/components/schemas/ReadOnly"}
              appId: {$ref: "#/components/schemas/AppID"}
              status: {$ref: "#/components/schemas/GraphState"}
              deployed: {type: boolean}
              message: {type: string, description: Why, where there is something to say; else empty.}
              nodes:
                type: array
                description: The components, by name.
                items:
                  type: object
                  required: [componentTitle, status, message, k8sUrl]
                  additionalProperties: false
                  properties:
                    componentTitle: {type: string, description: 'The component, with `-` for `_`.'}
                    status: {$ref: "#/components/schemas/PartState"}
                    message: {type: string}
                    k8sUrl:
                      type: [string, "null"]
                      description: Its page in the Kubernetes dashboard; null where no `--dashboard-url` is set.
              flows:
                type: array
                description: The flows, by name.
                items:
                  type: object
                  required: [flowTitle, status]
                  additionalProperties: false
                  properties:
                    flowTitle: {type: string, description: 'The flow, with `-` for `_`.'}
                    status: {$ref: "#/components/schemas/PartState"}
                    message: {type: string, description: 'Why, where it is not `normal`.'}
              progress:
                type: number
                minimum: 0
                maximum: 1
                description: The share of components and flows that are `normal`, in hundredths.
              version: {$ref: "#/components/schemas/VersionText"}
          GraphState:
            type: string
            description: '`deployment_error` is deployed, but a component is not well.'
            enum: [undeployed, deploying, deployed, deployment_error, undeploying, deleting, error, unknown]
          PartState:
            type: string
            description: |-
              Of a component from its Helm release and its pods, of a flow by its kind. A pod that waits is a
              `transient_error` for ten minutes and then a `persistent_error`.
            enum:
              [normal, deploying, undeploying, not_found, error, transient_error, persistent_error, unknown]
        """#)
}

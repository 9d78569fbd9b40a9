extension Subject {
    static let links = Subject(
        "Links",
        #"""
        description: Where to see more of an app.
        paths:
          /api/v1/apps/{app_id}/component-links:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getComponentLinks
              summary: The paths under which components are served
              description: As Rampart's controller has noted them in the status of the resource.
              responses:
                "200":
                  description: The components that are served.
                  content:
                    application/json:
                      schema:
                        type: array
                        items:
                          type: object
                          required: [component, endpoints]
                          additionalProperties: false
                          properties:
                            component: {type: string}
                            endpoints: {type: array, items: {type: string}}
                      example: [{component: studio, endpoints: [/vision-labelling-studio/]}]
              errors:
                "404": [graph_not_found]
                "503": [cluster_not_seen]
          /api/v1/app/{app_id}/grafana_dashboard:
            parameters:
              - $ref: "#/components/parameters/AppID"
            get:
              operationId: getGrafanaDashboard
              summary: The panels of the app's dashboard in Grafana
              description: |-
                Paths on Grafana's origin, to be shown in a frame. Null stands for a panel that the dashboard does not have:
                GPU panels are there for the metrics that Prometheus knows.
              responses:
                "200":
                  description: Grafana has the dashboard.
                  content:
                    application/json:
                      schema: {$ref: "#/components/schemas/GrafanaDashboard"}
              errors:
                "404": [graph_not_found, dashboard_not_found]
          /api/v1/apps/{app_id}/versions/{version}/dashboard_urls:
            parameters:
              - $ref: "#/components/parameters/AppID"
              - $ref: "#/components/parameters/Version"
            get:
              operationId: getDashboardURLs
              summary: The Kubernetes dashboard of a live version
              responses:
                "200":
                  description: The address; relative where no `--dashboard-url` is set.
                  content:
                    application/json:
                      schema:
                        type: object
                        required: [k8s]
                        additionalProperties: false
                        properties:
                          k8s: {type: string}
                      example: {k8s: "https://k8s.example.com/#/workloads?namespace=_all"}
              errors:
                "400": [version_not_a_number, version_not_active]
                "404": [graph_not_found, graph not found with that name and version]
        schemas:
          GrafanaDashboard:
            type: object
            required: [deploymentStatus, cpuUsage, memoryUsage, gpuUtilization, gpuPowerUsage, gpuMemoryUsage]
            additionalProperties: false
            properties:
              deploymentStatus: {type: [string, "null"], description: What the controller logs about the app.}
              cpuUsage: {type: [string, "null"]}
              memoryUsage: {type: [string, "null"]}
              gpuUtilization: {type: [string, "null"]}
              gpuPowerUsage: {type: [string, "null"]}
              gpuMemoryUsage: {type: [string, "null"]}
            example:
              deploymentStatus: /grafana/d-solo/rampart-0f343b0931126a20f133d67c2b018a3b/new-dashboard?orgId=1&panelId=1
              cpuUsage: /grafana/d-solo/rampart-0f343b0931126a20f133d67c2b018a3b/new-dashboard?orgId=1&panelId=2
              memoryUsage: /grafana/d-solo/rampart-0f343b0931126a20f133d67c2b018a3b/new-dashboard?orgId=1&panelId=3
              gpuUtilization: null
              gpuPowerUsage: null
              gpuMemoryUsage: null
        errors:
          dashboard_not_found:
            when: The app was never deployed, there is no Grafana, or it has not been reached yet; `message` says which.
            message: 'the app vision_demo has no dashboard: it was never deployed'
          cluster_not_seen:
            when: The resources of the cluster have not been listed yet since the service started.
            message: the cluster has not been seen yet, try again in a moment
            headers: {Retry-After: {$ref: "#/components/headers/RetryAfterMaybe"}}
          version_not_active:
            when: The version is there but is not deployed; `state` names it.
            schema:
              allOf:
                - {$ref: "#/components/schemas/Error"}
                - type: object
                  required: [state]
                  properties:
                    state: {type: string, pattern: "^version [0-9]+ is not active$"}
            example:
              state: version 1 is not active
              message: the version 1 of the app vision_demo is not deployed
        """#)
}

extension Subject {
    static let metrics = Subject(
        "Metrics",
        #"""
        description: For Prometheus; answers without the base path too.
        paths:
          /metrics:
            get:
              operationId: getMetrics
              summary: What the service measures of itself
              description: |-
                In Prometheus's text format 0.0.4, or in OpenMetrics 1.0 for who asks for it in `Accept`. Counts and times
                only: no name of an app or a namespace is in it. docs/operating.md says what each metric tells.
              responses:
                "200":
                  description: The metrics.
                  content:
                    text/plain:
                      schema: {type: string}
                      example: |
                        # HELP rampart_apps Apps by how they stand against the cluster.
                        # TYPE rampart_apps gauge
                        rampart_apps{state="synced"} 12
                    application/openmetrics-text:
                      schema: {type: string}
        """#)
}

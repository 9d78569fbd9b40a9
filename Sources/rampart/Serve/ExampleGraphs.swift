// Written by hack/embed-examples from examples/graphs. Edit there.

/// The files of the example graph repository, by their path in it.
enum ExampleGraphs {
    static let files: [(path: String, text: String)] = [
        (
            path: "README.md",
            text: #"""
            # A graph repository

            Each folder `apps/<namespace>/<name>/` is one app. Edit a graph, open a pull request (or push to `main`), and Rampart
            applies it. `git revert` rolls it back.

            | app | shows |
            |---|---|
            | `default/demo` | the smallest useful graph: one writer, one reader, one volume |
            | `vision/image-classifier` | training: a git repository with the code, volumes for data and checkpoints, TensorBoard |
            | `vision/labelling` | a live graph and, beside it, a draft that nobody has deployed yet |
            | `nlp/sentiment-stream` | a streaming pipeline over Pulsar topics |
            | `research/drug-screening` | data versions in DVC on S3, a graph that is kept but undeployed (`spec.deploy: false`) |

            `rampart check .` says whether everything in here is valid, as the service will.

            """#
        ),
        (
            path: "apps/default/demo/graph.yaml",
            text: #"""
            # The smallest useful graph: what the uploader receives, the notebook sees under /data.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: demo
              namespace: default
              annotations:
                rampart.petuum.com/description: Upload files, look at them in a notebook
            spec:
              graph:
                components:
                  uploader:
                    type: batch-uploader
                    chart:
                      repo: rampart-repo
                      name: batch-uploader
                      version: latest
                    config: {}
                    outputs:
                      output-volume-0:
                        type: volume
                        flow: files
                        config:
                          mountPath: /upload
                  notebook:
                    type: jupyterlab
                    chart:
                      repo: rampart-repo
                      name: jupyterlab
                      version: 1.4.0
                    ingressNeeded: true
                    config:
                      resources:
                        limits:
                          memory: 4Gi
                    inputs:
                      input-volume-0:
                        type: volume
                        flow: files
                        config:
                          mountPath: /data
                flows:
                  files:
                    type: volume
                    config:
                      size: 10Gi

            """#
        ),
        (
            path: "apps/nlp/sentiment-stream/graph.yaml",
            text: #"""
            # Customer messages come in on a Pulsar topic, are scored one by one, and go out on another.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: sentiment-stream
              namespace: nlp
              labels:
                team: language
              annotations:
                rampart.petuum.com/description: Scores customer messages as they arrive
            spec:
              graph:
                components:
                  gateway:
                    type: generic-service
                    chart: {repo: rampart-repo, name: generic-service, version: 1.2.0}
                    ingressNeeded: true
                    config:
                      image: registry.example.com/nlp/gateway:4.1
                      port: 8080
                    outputs:
                      messages:
                        type: pulsar
                        flow: raw-messages
                  cleaner:
                    type: generic-service
                    chart: {repo: rampart-repo, name: generic-service, version: 1.2.0}
                    config:
                      image: registry.example.com/nlp/cleaner:2.0
                      languages: ["en", "de", "no"]
                    inputs:
                      messages:
                        type: pulsar
                        flow: raw-messages
                    outputs:
                      sentences:
                        type: pulsar
                        flow: sentences
                  scorer:
                    type: symphony
                    chart: {repo: rampart-repo, name: symphony, version: latest}
                    needs: [cleaner]
                    config:
                      model: /models/sentiment
                      threshold: 0.75
                    inputs:
                      sentences:
                        type: pulsar
                        flow: sentences
                      models:
                        type: volume
                        flow: models
                        config: {mountPath: /models}
                    outputs:
                      scores:
                        type: pulsar
                        flow: scores
                flows:
                  raw-messages:
                    type: pulsar
                  sentences:
                    type: pulsar
                  scores:
                    type: pulsar
                  models:
                    type: volume
                    config:
                      size: 20Gi

            """#
        ),
        (
            path: "apps/research/drug-screening/graph.yaml",
            text: #"""
            # Screens compounds against the data version that DVC pins. Kept, but undeployed until the next batch arrives.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: drug-screening
              namespace: research
              labels:
                team: chemistry
            spec:
              deploy: false
              graph:
                components:
                  screening:
                    type: batch-executor
                    chart:
                      repo: https://charts.example.com/research
                      name: batch-executor
                      version: 3.0.0-rc.1
                      secret: research-charts
                    config:
                      command: ["python", "screen.py", "--compounds", "/data/compounds.parquet"]
                      schedule: "0 3 * * 1"
                    inputs:
                      code:
                        type: repository
                        flow: screening-code
                        config: {mountPath: /code}
                      data:
                        type: repository
                        flow: compounds
                        config: {mountPath: /data}
                    outputs:
                      hits:
                        type: volume
                        flow: hits
                        config: {mountPath: /hits}
                  tracker:
                    type: experiment-manager
                    chart: {repo: rampart-repo, name: experiment-manager, version: 1.0.4}
                    needs: [screening]
                    config: {}
                    inputs:
                      hits:
                        type: volume
                        flow: hits
                        config: {mountPath: /hits}
                flows:
                  screening-code:
                    type: repository
                    config:
                      kind: git
                      size: 1Gi
                  compounds:
                    type: repository
                    config:
                      kind: dvc
                      size: 200Gi
                      storage: s3
                  hits:
                    type: volume
                    config:
                      size: 50Gi
                      reclaimPolicy: Retain

            """#
        ),
        (
            path: "apps/vision/image-classifier/graph.yaml",
            text: #"""
            # Trains an image classifier on what the uploader brings; the training code comes from a git repository flow.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: image-classifier
              namespace: vision
              labels:
                team: vision
              annotations:
                rampart.petuum.com/description: ResNet-50 on the product photos
            spec:
              graph:
                components:
                  uploader:
                    type: batch-uploader
                    chart: {repo: rampart-repo, name: batch-uploader, version: 0.9.2}
                    config:
                      maxBatchBytes: 2147483648
                    outputs:
                      photos:
                        type: volume
                        flow: photos
                        config: {mountPath: /photos}
                  trainer:
                    type: ray-job
                    chart: {repo: rampart-repo, name: ray-job, version: 2.3.1}
                    needs: [uploader]
                    config:
                      entrypoint: python train.py --data /photos --out /checkpoints
                      workers: 4
                      gpusPerWorker: 1
                      hyperparameters:
                        learningRate: 0.001   # 0.01 diverges on the new photos
                        batchSize: 256
                        epochs: 90
                        warmup: 5.0e-4
                    inputs:
                      photos:
                        type: volume
                        flow: photos
                        config: {mountPath: /photos}
                      code:
                        type: repository
                        flow: training-code
                        config: {mountPath: /code}
                    outputs:
                      checkpoints:
                        type: volume
                        flow: checkpoints
                        config: {mountPath: /checkpoints}
                  board:
                    type: tensorboard
                    chart: {repo: rampart-repo, name: tensorboard, version: 0.1.0}
                    ingressNeeded: true
                    config: {}
                    inputs:
                      checkpoints:
                        type: volume
                        flow: checkpoints
                        config: {mountPath: /logs}
                flows:
                  photos:
                    type: volume
                    config:
                      size: 500Gi
                      reclaimPolicy: Retain
                  checkpoints:
                    type: volume
                    config:
                      size: 100Gi
                      reclaimPolicy: Delete
                  training-code:
                    type: repository
                    config:
                      kind: git
                      size: 1Gi

            """#
        ),
        (
            path: "apps/vision/labelling/draft.yaml",
            text: #"""
            # Saved, not deployed: three replicas for the labelling week.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: labelling
              namespace: vision
              labels:
                team: vision
            spec:
              graph:
                components:
                  studio:
                    type: generic-service
                    chart: {repo: rampart-repo, name: generic-service, version: 1.2.0}
                    ingressNeeded: true
                    config:
                      image: label-studio:1.13
                      replicas: 3
                    outputs:
                      labels:
                        type: volume
                        flow: labels
                        config: {mountPath: /labels}
                flows:
                  labels:
                    type: volume
                    config:
                      size: 5Gi
                      reclaimPolicy: Retain

            """#
        ),
        (
            path: "apps/vision/labelling/graph.yaml",
            text: #"""
            # People label photos; the labels go to a volume that the next training reads.
            apiVersion: rampart.petuum.com/v1beta2
            kind: RampartGraph
            metadata:
              name: labelling
              namespace: vision
              labels:
                team: vision
            spec:
              graph:
                components:
                  studio:
                    type: generic-service
                    chart: {repo: rampart-repo, name: generic-service, version: 1.2.0}
                    ingressNeeded: true
                    config:
                      image: label-studio:1.13
                      replicas: 1
                    outputs:
                      labels:
                        type: volume
                        flow: labels
                        config: {mountPath: /labels}
                flows:
                  labels:
                    type: volume
                    config:
                      size: 5Gi
                      reclaimPolicy: Retain

            """#
        ),
        (
            path: "rampart.yaml",
            text: #"""
            # Settings of this graph repository.
            format: 1

            """#
        ),
    ]
}

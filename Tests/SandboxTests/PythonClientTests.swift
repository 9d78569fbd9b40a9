import Sandbox
import TestSupport
import Testing

/// The official Python client against the sandbox, as the service that the UI was written for used it.
@Suite struct PythonClientTests {
    static let program = """
        import sys
        from kubernetes import client, config, watch
        from kubernetes.client.exceptions import ApiException

        config.load_kube_config(sys.argv[1])
        api = client.CustomObjectsApi()
        place = dict(group="rampart.petuum.com", version="v1beta2", plural="rampartgraphs")
        here = dict(place, namespace="default")

        def graph(name, replicas):
            web = {"chart": {"repo": "charts", "name": "web"}, "config": {"replicas": replicas}}
            return {"apiVersion": "rampart.petuum.com/v1beta2", "kind": "RampartGraph", "metadata": {"name": name},
                    "spec": {"graph": {"components": {"web": web}, "flows": {}}}}

        made = api.create_namespaced_custom_object(**here, body=graph("demo", 1))
        assert made["metadata"]["generation"] == 1, made
        try:
            api.create_namespaced_custom_object(**here, body=graph("demo", 1))
            raise SystemExit("made twice")
        except ApiException as error:
            assert error.status == 409 and "AlreadyExists" in error.body, error
        patch = {"spec": {"graph": {"components": {"web": {"config": {"replicas": 2}}}}}}
        changed = api.patch_namespaced_custom_object(**here, name="demo", body=patch)
        assert changed["spec"]["graph"]["components"]["web"]["config"]["replicas"] == 2, changed
        assert changed["metadata"]["generation"] == 2, changed

        seen = []
        for event in watch.Watch().stream(api.list_cluster_custom_object, **place, timeout_seconds=120):
            status = event["object"].get("status", {})
            seen.append((event["type"], status.get("phase")))
            if status.get("phase") == "Deployed" and status.get("observedGeneration") == 2:
                break
        assert seen[0][0] == "ADDED" and seen[-1][1] == "Deployed", seen

        listed = api.list_cluster_custom_object(**place, limit=1)
        assert [item["metadata"]["name"] for item in listed["items"]] == ["demo"], listed
        api.delete_namespaced_custom_object(**here, name="demo")
        for event in watch.Watch().stream(api.list_cluster_custom_object, **place, timeout_seconds=120):
            if event["type"] == "DELETED":
                break
        try:
            api.get_namespaced_custom_object(**here, name="demo")
        except ApiException as error:
            assert error.status == 404, error
        core = client.CoreV1Api()
        assert "default" in [item.metadata.name for item in core.list_namespace().items]
        print("done")
        """

    @Test func makesWatchesAndDeletes() async throws {
        let folder = try TemporaryFolder()
        try await RunningSandbox.with { sandbox in
            let kubeconfig = try folder.write(await sandbox.server.kubeconfig(), to: "kubeconfig")
            let script = try folder.write(Self.program, to: "client.py")
            let output = try await Command.output(python, [script, kubeconfig])
            #expect(output == "done")
        }
    }
}

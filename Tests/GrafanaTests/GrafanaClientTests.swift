import Foundation
import Sandbox
import TestSupport
import Testing

/// PyPI's `grafana-client` against the sandbox, so that the two know the same Grafana.
@Suite struct GrafanaClientTests {
    static let program = """
        import sys
        from grafana_client import GrafanaApi
        from grafana_client.client import GrafanaClientError, GrafanaUnauthorizedError

        def refused(code, do, *args):
            try:
                do(*args)
            except GrafanaClientError as error:
                assert error.status_code == code, (code, error)
                return error.response
            raise SystemExit("not refused: %s" % (args,))

        url = sys.argv[1] + "/"
        grafana = GrafanaApi.from_url(url, credential=("admin", "admin"))
        grafana.connect()
        assert grafana.version == "11.6.0", grafana.version

        made = grafana.folder.create_folder("Vision", uid="vision")
        assert made["uid"] == "vision" and made["version"] == 1, made
        refused(409, grafana.folder.create_folder, "Vision")
        assert [f["title"] for f in grafana.folder.get_all_folders()] == ["Vision"]
        changed = grafana.folder.update_folder("vision", "Seeing", version=1)
        assert changed["title"] == "Seeing" and changed["version"] == 2, changed
        refused(412, grafana.folder.update_folder, "vision", "Again", 1)

        board = {"uid": "one", "title": "One", "tags": ["a", "b"], "panels": [{"id": 1, "title": "P", "type": "logs"}]}
        saved = grafana.dashboard.update_dashboard({"dashboard": board, "folderUid": "vision", "overwrite": False})
        assert saved["status"] == "success" and saved["version"] == 1 and saved["uid"] == "one", saved
        assert saved["url"].endswith("/d/one/one"), saved
        got = grafana.dashboard.get_dashboard("one")
        assert got["meta"]["folderUid"] == "vision" and got["meta"]["version"] == 1, got
        assert got["dashboard"]["panels"] == board["panels"], got
        body = {"dashboard": got["dashboard"], "folderUid": "vision", "overwrite": False}
        assert grafana.dashboard.update_dashboard(body)["version"] == 2
        assert refused(412, grafana.dashboard.update_dashboard, body)["status"] == "version-mismatch"
        body["overwrite"] = True
        assert grafana.dashboard.update_dashboard(body)["version"] == 3
        twin = {"dashboard": {"title": "One"}, "folderUid": "vision", "overwrite": False}
        assert refused(412, grafana.dashboard.update_dashboard, twin)["status"] == "name-exists"
        refused(404, grafana.dashboard.update_dashboard, {"dashboard": {"id": 99, "uid": "x", "title": "X"}})
        refused(400, grafana.dashboard.update_dashboard, {"dashboard": {"title": ""}})
        refused(400, grafana.dashboard.update_dashboard, {"dashboard": {"title": "X"}, "folderUid": "none"})

        assert [d["uid"] for d in grafana.search.search_dashboards(tag="a", type_="dash-db")] == ["one"]
        assert grafana.search.search_dashboards(query="nothing") == []
        assert {d["type"] for d in grafana.search.search_dashboards()} == {"dash-db", "dash-folder"}

        added = grafana.datasource.create_datasource({"name": "Mimir", "type": "prometheus", "url": "http://m"})
        assert added["datasource"]["uid"], added
        assert [s["name"] for s in grafana.datasource.list_datasources()] == ["Loki", "Prometheus", "Mimir"]
        assert grafana.datasource.get_datasource_by_name("Loki")["type"] == "loki"
        assert grafana.datasource.get_datasource_by_uid(added["datasource"]["uid"])["name"] == "Mimir"
        refused(404, grafana.datasource.get_datasource_by_name, "none")
        grafana.datasource.delete_datasource_by_name("Mimir")

        grafana.dashboard.delete_dashboard("one")
        refused(404, grafana.dashboard.get_dashboard, "one")
        grafana.folder.delete_folder("vision")

        assert GrafanaApi.from_url(url, credential="editor").search.search_dashboards() == []
        refused(403, GrafanaApi.from_url(url, credential="viewer").folder.create_folder, "No")
        refused(401, GrafanaApi.from_url(url, credential="nobody").search.search_dashboards)
        print("done")
        """

    @Test func worksAgainstTheSandbox() async throws {
        let folder = try TemporaryFolder()
        try await RunningGrafana.with { grafana in
            let script = try folder.write(Self.program, to: "client.py")
            #expect(try await Command.output(grafanaPython, [script, grafana.url]) == "done")
        }
    }
}

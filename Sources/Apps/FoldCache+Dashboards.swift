import Git

// How the dashboards' files of an app stand in the fold cache; writing and reading side by side.

extension ByteWriter {
    mutating func dashboards(of id: AppID, _ files: [DashboardFile]) {
        text(id.namespace)
        text(id.name)
        list(files) { writer, file in
            writer.text(file.name)
            writer.id(file.blob)
        }
    }
}

extension ByteReader {
    mutating func dashboards() throws(Malformed) -> (id: AppID, files: [DashboardFile]) {
        let namespace = try text()
        guard let id = AppID(namespace: namespace, name: try text()) else { throw Malformed() }
        let files = try list { reader throws(Malformed) in
            let name = try reader.text()
            return DashboardFile(name: name, blob: try reader.id())
        }
        return (id, files)
    }
}

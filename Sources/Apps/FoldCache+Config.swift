import Graphs
import JSONValues

// How a node config stands in the fold cache; writing and reading side by side.

extension ByteWriter {
    mutating func config(_ config: NodeConfig) {
        text(config.id)
        text(config.path)
        number(config.ordinal)
        number(config.version)
        timestamp(config.created)
        optional(config.lastModified) { $0.timestamp($1) }
        id(config.commit)
        optional(config.content) { writer, content in
            writer.text(content.title)
            writer.text(content.type)
            writer.text(content.nodeType)
            writer.optional(content.message) { $0.text($1) }
            writer.text(JSON.object(content.config).text())
        }
    }
}

extension ByteReader {
    mutating func config() throws(Malformed) -> NodeConfig {
        var config = NodeConfig(
            id: try text(), path: try text(), ordinal: try count(), version: try count(), created: try timestamp(),
            lastModified: try optional { reader throws(Malformed) in try reader.timestamp() }, commit: try id())
        config.content = try optional { reader throws(Malformed) in
            let (title, type, nodeType) = (try reader.text(), try reader.text(), try reader.text())
            let message = try reader.optional { reader throws(Malformed) in try reader.text() }
            guard let object = (try? JSON(parsing: try reader.text()))?.object else { throw Malformed() }
            return NodeConfigContent(
                title: title, type: type, nodeType: nodeType, message: message, config: object)
        }
        return config
    }
}

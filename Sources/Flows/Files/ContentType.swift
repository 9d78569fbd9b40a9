/// What a file's name says of its content (IANA's media types).
enum ContentType {
    static func of(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return unknown }
        return types[name[name.index(after: dot)...].lowercased()] ?? unknown
    }

    static let unknown = "application/octet-stream"

    private static let types: [String: String] = {
        var types = [
            "json": "application/json", "pdf": "application/pdf", "zip": "application/zip",
            "gz": "application/gzip", "tgz": "application/gzip", "tar": "application/x-tar", "wasm": "application/wasm",
            "parquet": "application/vnd.apache.parquet", "ipynb": "application/x-ipynb+json",
            "jsonl": "application/jsonl", "yaml": "application/yaml", "yml": "application/yaml",
            "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
            "svg": "image/svg+xml", "bmp": "image/bmp", "ico": "image/vnd.microsoft.icon", "tif": "image/tiff",
            "tiff": "image/tiff", "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg", "flac": "audio/flac",
            "mp4": "video/mp4", "webm": "video/webm", "mpeg": "video/mpeg",
        ]
        let texts = [
            "txt": "plain", "text": "plain", "log": "plain", "cfg": "plain", "ini": "plain", "conf": "plain",
            "toml": "plain", "sh": "x-sh", "py": "x-python", "md": "markdown", "csv": "csv",
            "tsv": "tab-separated-values", "html": "html", "htm": "html", "css": "css", "js": "javascript",
            "xml": "xml", "swift": "plain", "go": "plain", "rs": "plain", "c": "x-c", "h": "x-c", "cpp": "x-c++",
            "java": "plain", "diff": "plain", "patch": "plain",
        ]
        for (suffix, type) in texts { types[suffix] = "text/\(type); charset=utf-8" }
        return types
    }()
}

import Hummingbird
import JSONValues
import NIOCore

extension Response {
    /// An answer in JSON.
    init(_ status: HTTPResponse.Status = .ok, _ json: JSON, etag: EntityTag? = nil) {
        self.init(status: status, json: ByteBuffer(bytes: json.bytes()), etag: etag)
    }

    init(status: HTTPResponse.Status = .ok, json: ByteBuffer, etag: EntityTag? = nil) {
        self.init(status: status, body: ResponseBody(byteBuffer: json))
        headers[.contentType] = "application/json"
        if let etag { headers[.eTag] = etag.text }
    }

    /// "What you have is still right."
    static func notModified(_ etag: EntityTag) -> Response {
        Response(status: .notModified, headers: [.eTag: etag.text])
    }
}

extension RestError {
    var response: Response {
        var response = Response(status, body)
        for field in headers { response.headers[values: field.name] = headers[values: field.name] }
        return response
    }
}

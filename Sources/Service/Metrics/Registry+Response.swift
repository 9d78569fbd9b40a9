import Hummingbird
import Instruments
import NIOCore
import NIOPosix

extension Registry {
    /// The answer to `GET /metrics`, in the format that is asked for.
    ///
    /// What the kernel knows is read from files: that is for a thread which may wait.
    func response(to request: Request) async throws -> Response {
        let format = TextFormat(accepting: request.headers[values: .accept].joined(separator: ","))
        let text = try await NIOThreadPool.singleton.runIfActive { self.text(format) }
        var response = Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: text)))
        response.headers[.contentType] = format.contentType
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

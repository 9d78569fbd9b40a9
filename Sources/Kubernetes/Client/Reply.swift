public import JSONValues
import NIOCore
import NIOFoundationCompat

/// A successful answer whose body is read only when somebody asks for it.
public struct Reply: Sendable {
    /// For example 201 where a server-side apply created the object, 200 where it was there.
    public let code: Int
    /// What the server warned of in `Warning` headers.
    public let warnings: [String]
    let body: ByteBuffer
    let operation: KubernetesError.Operation

    /// Whether the request made a new object.
    public var created: Bool { code == 201 }

    /// The body as it came.
    public var bytes: [UInt8] { Array(body.readableBytesView) }

    /// Reads the body.
    public func json() throws(KubernetesError) -> JSON {
        do {
            return try JSON(parsing: body.readableBytesView)
        } catch {
            throw KubernetesError(.decoding, operation: operation, message: "the body is no JSON: \(error)")
        }
    }

    /// Reads the body as an object.
    public func object() throws(KubernetesError) -> KubernetesObject {
        let json = try json()
        guard json.object != nil else {
            throw KubernetesError(.decoding, operation: operation, message: "expected an object, got \(json.kindName)")
        }
        return KubernetesObject(json)
    }

    /// The answer as a list.
    func list() throws(KubernetesError) -> ObjectList {
        let json = try json()
        guard let items = json["items"]?.array else {
            throw KubernetesError(.decoding, operation: operation, message: "expected a list with items")
        }
        let metadata = json["metadata"]
        let token = metadata?["continue"]?.string ?? ""
        return ObjectList(
            items: items.map { KubernetesObject($0) }, resourceVersion: metadata?["resourceVersion"]?.string ?? "",
            continueToken: token.isEmpty ? nil : token, remainingItemCount: metadata?["remainingItemCount"]?.int)
    }
}

/// What a delete left.
public struct DeleteResult: Sendable {
    /// The object, while it waits for its finalizers; nil where it is gone at once.
    public let object: KubernetesObject?
    /// The uid of the object; empty where the server does not say.
    public let uid: String
}

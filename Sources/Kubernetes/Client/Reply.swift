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
    public func json() throws(KubernetesError) -> JSON { try json(.init()) }

    private func json(_ options: JSONReadingOptions) throws(KubernetesError) -> JSON {
        do {
            return try JSON(parsing: body.readableBytesView, options: options)
        } catch {
            throw KubernetesError(.decoding, operation: operation, message: "the body is no JSON: \(error)")
        }
    }

    /// Reads the body as an object.
    ///
    /// - Parameter managedFields: whether with `metadata.managedFields`.
    public func object(managedFields: Bool = true) throws(KubernetesError) -> KubernetesObject {
        let json = try json(managedFields ? .init() : .withoutManagedFields(depth: 2))
        guard json.object != nil else {
            throw KubernetesError(.decoding, operation: operation, message: "expected an object, got \(json.kindName)")
        }
        return KubernetesObject(json)
    }

    /// The answer as a list, its items without `metadata.managedFields`.
    func list() throws(KubernetesError) -> ObjectList {
        let json = try json(.withoutManagedFields(depth: 4))
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

extension JSONReadingOptions {
    /// Leaves out `metadata.managedFields`, which are half of an object, in lists and watches.
    ///
    /// - Parameter depth: how deep the fields lie: 2 in an object alone, 3 in an event, 4 in a list.
    static func withoutManagedFields(depth: Int) -> JSONReadingOptions {
        var options = JSONReadingOptions()
        options.leavesOut = Member(parent: "metadata", name: "managedFields", depth: depth)
        return options
    }
}

/// What a delete left.
public struct DeleteResult: Sendable {
    /// The object, while it waits for its finalizers; nil where it is gone at once.
    public let object: KubernetesObject?
    /// The uid of the object; empty where the server does not say.
    public let uid: String
}

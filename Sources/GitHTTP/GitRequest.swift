import HTTPTypes

/// One of the four requests of git's smart protocol (gitprotocol-http(5)).
struct GitRequest: Hashable, Sendable {
    enum Service: String, Sendable, CaseIterable {
        case uploadPack = "git-upload-pack"
        case receivePack = "git-receive-pack"
    }

    let service: Service
    /// Whether this is the first of two requests, which asks what references there are.
    let isAdvertisement: Bool

    /// Whether it brings a pack that is to be taken.
    var isPush: Bool { service == .receivePack && !isAdvertisement }

    /// The path below the repository.
    var path: String { isAdvertisement ? "/info/refs" : "/\(service.rawValue)" }

    var query: String { isAdvertisement ? "service=\(service.rawValue)" : "" }

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - path: behind the name of the repository, with a slash first.
    ///   - query: as it was sent.
    /// - Throws: ``Refusal`` for whatever is no smart request, files of the dumb protocol among them.
    init(_ method: HTTPRequest.Method, path: Substring, query: String?) throws(Refusal) {
        if path == "/info/refs" {
            guard method == .get else { throw .method("GET") }
            let wanted = (query ?? "").split(separator: "&").first { $0.hasPrefix("service=") }
            guard let wanted else { throw .dumb }
            guard let service = Service(rawValue: String(wanted.dropFirst("service=".count))) else { throw .nothing }
            self.init(service: service, isAdvertisement: true)
            return
        }
        guard let service = Service(rawValue: String(path.dropFirst())), path.first == "/" else { throw .nothing }
        guard method == .post else { throw .method("POST") }
        self.init(service: service, isAdvertisement: false)
    }

    private init(service: Service, isAdvertisement: Bool) {
        self.service = service
        self.isAdvertisement = isAdvertisement
    }
}

/// Why a request gets no answer of git's, in the words that `git clone` and `git push` show.
enum Refusal: Error, Hashable {
    case nothing
    /// The dumb protocol, which reads files of the repository.
    case dumb
    case method(String)
    /// All processes are busy.
    case busy
    case failed
}

extension Refusal {
    var status: HTTPResponse.Status {
        switch self {
        case .nothing, .dumb: .notFound
        case .method: .methodNotAllowed
        case .busy: .serviceUnavailable
        case .failed: .internalServerError
        }
    }

    var message: String {
        switch self {
        case .nothing: "there is no such repository here; the graph repository is git/graphs.git"
        case .dumb: "only git's smart protocol is spoken here: a git of 1.6.6 or later is needed"
        case .method(let allowed): "only \(allowed) is possible here"
        case .busy: "too many clones and pushes at once, try again in a moment"
        case .failed: "git does not run here, the service's log says why"
        }
    }
}

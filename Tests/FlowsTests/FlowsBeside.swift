import AsyncHTTPClient
import Flows
import Foundation
import JSONValues
import Listening
import Logging
import NIOCore
import NIOHTTP1
import TestSupport

/// A flows service on a free port, with the flows of a temporary folder.
struct FlowsBeside: Sendable {
    let folder: TemporaryFolder
    var port = 0

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.appending("flows/data"), withIntermediateDirectories: true)
    }

    func run(_ body: @Sendable (FlowsBeside) async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = try FlowsService(root: folder.appending("flows"), host: "127.0.0.1", port: 0, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            defer { group.cancelAll() }
            var running = self
            running.port = try await service.started().port
            try await body(running)
        }
    }

    func get(_ path: String, headers: [String: String] = [:], method: String = "GET") async throws -> FlowAnswer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/app/flows_service/\(path)")
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        let body = try await response.body.collect(upTo: 64 << 20)
        var fields: [String: String] = [:]
        for header in response.headers { fields[header.name.lowercased()] = header.value }
        return FlowAnswer(status: Int(response.status.code), headers: fields, bytes: Array(body.readableBytesView))
    }
}

/// An answer of the flows service.
struct FlowAnswer: Sendable {
    let status: Int
    let headers: [String: String]
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSON { (try? JSON(parsing: bytes)) ?? .null }
    /// What a listing has, folders with a slash.
    var names: [String]? {
        json["contents"]?.array?.map { entry in
            (entry["name"]?.string ?? "") + (entry["type"] == "directory" ? "/" : "")
        }
    }
}

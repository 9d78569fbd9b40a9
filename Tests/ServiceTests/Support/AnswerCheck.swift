import Dispatch
import Foundation
import JSONValues
import OpenAPI
import TestSupport

/// Compares every answer that a test gets with the service's description: code, headers and body.
///
/// Python's `jsonschema` is the judge, in one process that all tests share and that ends with them
/// (`Tests/Description/check_answers.py`).
final class AnswerCheck: @unchecked Sendable {  // everything in it is touched on its queue alone
    static let shared = AnswerCheck()

    private let queue = DispatchQueue(label: "answer-check")
    private var judge: (process: Process, input: FileHandle, output: FileHandle)?
    private var read: [UInt8] = []

    /// The largest body that is looked at: lists of thousands of apps are all of one form.
    static let largestBody = 256 << 10

    /// What is wrong with an answer; empty for nothing.
    ///
    /// - Parameter path: without the base path.
    func complaints(_ method: String, _ path: String, _ answer: Answer) async -> [String] {
        guard answer.bytes.count <= Self.largestBody else { return [] }
        let headers = answer.headers.map { ($0.key, JSON.string($0.value)) }
        let question: JSON = [
            "method": .string(method), "path": .string(path), "status": .int(Int64(answer.status)),
            "headers": .object(JSONObject(pairs: headers)), "body": .string(answer.text),
        ]
        return await withCheckedContinuation { continuation in
            queue.async {
                do {
                    continuation.resume(returning: try self.ask(question))
                } catch {
                    continuation.resume(returning: ["nobody can judge the answers: \(error)"])
                }
            }
        }
    }

    private func ask(_ question: JSON) throws -> [String] {
        let (_, input, output) = try judge ?? start()
        try input.write(contentsOf: question.bytes() + [UInt8(ascii: "\n")])
        while true {
            if let end = read.firstIndex(of: UInt8(ascii: "\n")) {
                let line = read[..<end]
                read.removeSubrange(...end)
                return (try JSON(parsing: line).array ?? []).compactMap(\.string)
            }
            let more = output.availableData
            guard !more.isEmpty else { throw CocoaError(.fileReadUnknown) }
            read += more
        }
    }

    private func start() throws -> (Process, FileHandle, FileHandle) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Description/check_answers.py")
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let new = (process, input.fileHandleForWriting, output.fileHandleForReading)
        try new.1.write(contentsOf: Document(basePath: "").json.bytes() + [UInt8(ascii: "\n")])
        judge = new
        return new
    }
}

import Foundation

/// What each input is given to. `hack/fuzz` builds this with libFuzzer and runs one target after the other.
///
/// A target takes any bytes. It ends the process where something is wrong: a trap, a leak past its bounds, or a property
/// that does not hold.
@main struct Fuzzing {
    static let targets: [String: @Sendable ([UInt8]) -> Void] = [
        "yaml": ReaderTargets.yaml, "json": ReaderTargets.json, "graph": ReaderTargets.graph,
        "kubeconfig": KubeconfigTarget.run, "path": PathTarget.run, "pulsar": PulsarTarget.run,
        "signature": SignatureTarget.run,
        "webhook": WebhookTarget.run,
    ]

    nonisolated(unsafe) static var target: @Sendable ([UInt8]) -> Void = { _ in }

    /// The first argument names the target, `list` lists them; the others are libFuzzer's.
    static func main() {
        var words = CommandLine.arguments
        guard words.count > 1, let chosen = targets[words[1]] else {
            print(targets.keys.sorted().joined(separator: "\n"))
            exit(words.count > 1 && words[1] == "list" ? 0 : 64)
        }
        target = chosen
        words.remove(at: 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var count = Int32(words.count)
        exit(
            arguments.withUnsafeMutableBufferPointer { buffer in
                var pointer = buffer.baseAddress
                return runFuzzer(&count, &pointer) { bytes, count in
                    Fuzzing.target(Array(UnsafeBufferPointer(start: bytes, count: count)))
                    return 0
                }
            })
    }
}

/// libFuzzer's loop (FuzzerInterface.h).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ target: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Ends the process where a property does not hold, in optimized builds too.
func demand(_ holds: Bool, _ what: @autoclosure () -> String) {
    if !holds { fatalError(what()) }
}

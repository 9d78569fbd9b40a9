import Foundation
import JSONValues
import Logging

/// Plays Rampart's controller: adds its finalizer, moves `status` through the phases, and lets go of what is deleted.
struct Controller: Sendable {
    let cluster: Cluster
    let options: SandboxOptions
    let logger: Logger

    static let finalizer = "rampart.petuum.com/finalizer"
    private static let writeOptions = WriteOptions(manager: "rampart-controller")

    func run() async {
        let all: ListOptions
        do {
            all = ListOptions(
                namespace: nil, labels: try Selector(labels: ""),
                fields: try Selector(fields: "", kind: .rampartGraphs),
                limit: 0, continuation: nil)
        } catch { return }
        while !Task.isCancelled {
            guard
                let (messages, id) = try? await cluster.watch(
                    .rampartGraphs, all, from: WatchStart(resourceVersion: "0"))
            else { return }
            await withDiscardingTaskGroup { group in
                for await message in messages {
                    guard case .event(let type, let object) = message, type != .deleted else { continue }
                    if let step = Controller.step(object) { group.addTask { await take(step, object) } }
                }
                group.cancelAll()
            }
            await cluster.endWatch(id)
            if options.controllerDelay > .zero { try? await Task.sleep(for: options.controllerDelay) }
        }
    }

    /// What is to be done for an object as it is now.
    enum Step: Equatable, Sendable {
        case addFinalizer
        /// Writes a phase at once.
        case begin(phase: String)
        /// Writes the phase that follows, after a while.
        case finish(phase: String)
        case letGo
    }

    /// The next step; nil where all is done.
    static func step(_ object: JSON) -> Step? {
        let phase = object.at("status", "phase")?.string
        let isSeen = object.at("status", "observedGeneration")?.int == object.at("metadata", "generation")?.int
        if object.at("metadata", "deletionTimestamp") != nil {
            guard object.at("metadata", "finalizers")?.array?.contains(.string(finalizer)) == true else { return nil }
            return phase == "Deleting" ? .letGo : .begin(phase: "Deleting")
        }
        if object.at("metadata", "finalizers")?.array?.contains(.string(finalizer)) != true { return .addFinalizer }
        let wanted =
            object.at("spec", "deploy")?.bool != false ? ("Deploying", "Deployed") : ("Undeploying", "Undeployed")
        if !isSeen { return .begin(phase: wanted.0) }
        return phase == wanted.0 ? .finish(phase: wanted.1) : nil
    }

    private func take(_ step: Step, _ seen: JSON) async {
        let namespace = seen.at("metadata", "namespace")?.string
        let name = seen.at("metadata", "name")?.string ?? ""
        if options.controllerDelay > .zero {
            switch step {
            case .finish, .letGo: try? await Task.sleep(for: options.controllerDelay)
            default: break
            }
        }
        // What was seen may be old by now: the write goes by what is there, and only where the same step is still due.
        guard let live = try? await cluster.get(.rampartGraphs, namespace: namespace, name: name),
            Controller.step(live) == step
        else { return }
        do throws(StatusError) {
            switch step {
            case .addFinalizer: try await setFinalizers(live, name, namespace) { $0 + [.string(Controller.finalizer)] }
            case .begin(let phase), .finish(let phase):
                let patch: JSON = ["status": status(live, phase: phase)]
                var writeOptions = Controller.writeOptions
                writeOptions.isStatus = true
                _ = try await cluster.patch(
                    .rampartGraphs, namespace: namespace, name: name, .merge, patch, writeOptions)
                if options.playsHelm { await Releases(cluster: cluster).follow(live, phase: phase) }
            case .letGo:
                if options.playsHelm { await Releases(cluster: cluster).follow(live, phase: "Undeployed") }
                try await setFinalizers(live, name, namespace) { $0.filter { $0 != .string(Controller.finalizer) } }
                await cluster.finishNamespaces()
            }
        } catch {
            logger.warning("the sandbox's controller was refused", metadata: ["error": "\(error.message)"])
        }
    }

    private func setFinalizers(
        _ live: JSON, _ name: String, _ namespace: String?, _ change: ([JSON]) -> [JSON]
    ) async throws(StatusError) {
        let finalizers = change(live.at("metadata", "finalizers")?.array ?? [])
        let patch: JSON = ["metadata": ["finalizers": finalizers.isEmpty ? .null : .array(finalizers)]]
        _ = try await cluster.patch(
            .rampartGraphs, namespace: namespace, name: name, .merge, patch, Controller.writeOptions)
    }

    /// The status that the controller writes in a phase.
    private func status(_ object: JSON, phase: String) -> JSON {
        let namespace = object.at("metadata", "namespace")?.string ?? ""
        let name = object.at("metadata", "name")?.string ?? ""
        var status: JSON = [
            "phase": .string(phase), "observedGeneration": object.at("metadata", "generation") ?? 0,
            "lastModified": .string(Timestamps.microseconds(options.now())), "reason": .null, "messages": .null,
        ]
        guard phase == "Deployed" else { return status }
        let components = object.at("spec", "graph", "components")?.object ?? [:]
        let names = components.keys.map { $0.replacing("_", with: "-") }.sorted()
        status["componentNamespaces"] = .array(
            components.map { component, content in
                content["namespace"] ?? .string("\(namespace)-\(name)-\(component.replacing("_", with: "-"))")
            }.sorted { $0.string ?? "" < $1.string ?? "" })
        var endpoints: JSON = [:]
        for component in names where components[component]?["ingressNeeded"]?.bool == true {
            endpoints[component] = [.string("/\(namespace)/\(name)/\(component)")]
        }
        status["endpointPaths"] = .string(endpoints.text())
        return status
    }
}

import JSONValues
import Logging

/// The Lease at the API server.
extension LeaderElection {
    func read() async throws(KubernetesError) -> LeaseRecord? {
        do throws(KubernetesError) {
            return LeaseRecord(try await client.get(.leases, namespace: namespace, name: name))
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    func create() async throws(KubernetesError) -> LeaseRecord {
        let time = MicroTime.now()
        let body: JSON = [
            "apiVersion": .string(ResourceType.leases.apiVersion), "kind": "Lease",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "spec": [
                "holderIdentity": .string(identity), "leaseDurationSeconds": .int(timing.wholeSeconds),
                "acquireTime": .string(time), "renewTime": .string(time), "leaseTransitions": 0,
            ],
        ]
        return LeaseRecord(try await client.create(.leases, namespace: namespace, body: body))
    }

    /// Writes this candidate into the Lease, if it still is as it was seen.
    func write(_ record: LeaseRecord, acquiredNow: Bool) async throws(KubernetesError) -> LeaseRecord {
        let time = MicroTime.now()
        let body: JSON = [
            "metadata": ["resourceVersion": .string(record.resourceVersion)],
            "spec": [
                "holderIdentity": .string(identity), "leaseDurationSeconds": .int(timing.wholeSeconds),
                "acquireTime": .string(acquiredNow || record.acquired.isEmpty ? time : record.acquired),
                "renewTime": .string(time), "leaseTransitions": .int(record.transitions),
            ],
        ]
        return LeaseRecord(try await client.mergePatch(.leases, namespace: namespace, name: name, body: body))
    }

    /// Empties the Lease, so that another candidate need not wait for it to run out.
    func giveBack(_ record: LeaseRecord) async {
        do throws(KubernetesError) {
            if try await !empty(record) {
                // A renewal that was cut off has arrived after all.
                guard let newer = try await read(), newer.holder == identity else { return }
                guard try await empty(newer) else { return }
            }
            logger.info("gave the Lease back", metadata: ["lease": "\(namespace)/\(name)"])
        } catch {
            logger.info("could not give the Lease back; it runs out", metadata: ["error": "\(error)"])
        }
    }

    /// - Returns: whether the Lease was as it is here.
    private func empty(_ record: LeaseRecord) async throws(KubernetesError) -> Bool {
        let body: JSON = [
            "metadata": ["resourceVersion": .string(record.resourceVersion)],
            "spec": ["holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": .string(MicroTime.now())],
        ]
        do throws(KubernetesError) {
            _ = try await client.mergePatch(.leases, namespace: namespace, name: name, body: body)
            return true
        } catch {
            if error.isConflict { return false }
            throw error
        }
    }
}

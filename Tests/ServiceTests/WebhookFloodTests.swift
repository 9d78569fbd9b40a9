import Access
import Foundation
import TestSupport
import Testing

@testable import Service

/// Deliveries that are slow, or for which there is no room.
@Suite struct WebhookFloodTests {
    /// A delivery that could be good, of which no more comes than this.
    private static let slow =
        "POST /api/v1/webhooks/github HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.1\r\n"
        + "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\nX-GitHub-Event: push\r\n"
        + "Content-Length: 1000000\r\n\r\n{"

    /// Whose a delivery is shows only when all of it is there, so many that are slow must not stand in the way of others.
    @Test func slowDeliveriesHavePlacesOfTheirOwn() async throws {
        try await Receiver.run { options in
            options.service.clientAddress = ClientAddress(trusting: AddressRange.loopback)
            options.service.limits.webhooksOfOne = 1
            options.service.limits.inFlight = 1
            options.service.limits.inFlightOfOne = 1
            options.service.webhooks.bodyTimeout = .seconds(600)
        } _: { receiver in
            try await withThrowingTaskGroup(of: String?.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    // It is turned away where one of those that ask below has its place at that moment.
                    while !Task.isCancelled {
                        _ = try await RawConnection.exchange(receiver.stack.url, [Self.slow], within: .seconds(600))
                    }
                    return nil
                }
                let body = WebhookTests.push()
                func deliver(_ address: String) async throws -> Int {
                    var headers = WebhookTests.github(body)
                    headers["X-Forwarded-For"] = address
                    return try await receiver.deliver("github", body, headers).status
                }
                try await eventually("its place is taken") { try await deliver("203.0.113.1") == 503 }
                #expect([200, 202].contains(try await deliver("203.0.113.2")))
                #expect(try await receiver.send("GET", "/api/v1/apps").status == 200, "those are other places")
            }
        }
    }

    @Test func slowDeliveriesHaveLittleTime() async throws {
        try await Receiver.run { options in
            options.service.webhooks.bodyTimeout = .milliseconds(300)
            options.service.bodyTimeout = .seconds(600)
        } _: { receiver in
            let answer = try await RawConnection.exchange(receiver.stack.url, [Self.slow])
            #expect(answer?.hasPrefix("HTTP/1.1 408") == true, "\(answer ?? "still open")")
        }
    }

    /// What there is no room for is checked as it comes, and leads to a look.
    @Test func aDeliveryWithoutRoomIsCheckedAllTheSame() async throws {
        try await Receiver.run { options in
            options.service.webhooks.payloads = 10
        } _: { receiver in
            let body = WebhookTests.push(ref: "refs/heads/other")
            #expect(
                try await receiver.deliver("github", body, WebhookTests.github(body, secret: "another")).status == 403)
            #expect(try await receiver.deliver("github", body, WebhookTests.github(body)).status == 202)
            try await eventually { receiver.apps.looks == 1 }
        }
    }
}

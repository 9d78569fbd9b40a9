import Access
import Foundation
import JSONValues
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Service

/// Many requests that take their time, and what is left for others.
@Suite struct FloodTests {
    @Test func oneClientGetsAShareOfTheRequests() {
        let inFlight = InFlight(limit: 3, ofOne: 2)
        #expect(inFlight.enter("a") && inFlight.enter("a"))
        #expect(!inFlight.enter("a"), "that is its share")
        #expect(inFlight.enter("b"))
        #expect(!inFlight.enter("c") && !inFlight.enter(nil), "that is all there are")
        inFlight.leave("a")
        #expect(inFlight.enter(nil))
        inFlight.leave(nil)
        #expect(inFlight.enter("a"))
        #expect(inFlight.current == 3)
    }

    @Test func bodiesShareABudget() {
        let budget = BodyBudget(limit: 100, ofOne: 60)
        func share(_ client: String, _ count: Int, _ share: BodyShare) -> Bool {
            Exchange.$current.withValue(Exchange(client: client, source: client)) { share.take(count) }
        }
        let (first, second, third) = (BodyShare(budget), BodyShare(budget), BodyShare(budget))
        #expect(share("a", 40, first) && share("a", 20, second))
        #expect(!share("a", 1, first), "that is its part")
        #expect(share("b", 40, third))
        #expect(!share("c", 1, BodyShare(budget)), "that is all there is")
        first.give()
        #expect(budget.bytes == 60)
        do {
            let last = BodyShare(budget)
            #expect(share("c", 40, last) && budget.bytes == 100)
        }
        #expect(budget.bytes == 60, "what is let go of gives its room back")
    }

    /// Connections that send a head and part of a body, and then wait.
    private static func withSlow(
        _ stack: Stack, _ count: Int, _ head: String, bytes: Int, _ body: @Sendable () async throws -> Void
    ) async throws {
        let port = try #require(stack.url.split(separator: ":").last.flatMap { Int($0) })
        var open: [any Channel] = []
        for _ in 0..<count {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(
                ByteBuffer(string: head + String(repeating: " ", count: bytes)))
            open.append(channel)
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        for channel in open { try? await channel.close() }
        try result.get()
    }

    /// Waits until so many requests are being answered, with a request that is not among them.
    private static func inFlight(_ stack: Stack, _ count: Double) async throws {
        try await stack.counts("rampart_http_requests_in_flight", count)
    }

    private static func head(_ path: String, from address: String, _ more: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: \(address)\r\nContent-Type: application/json\r\n"
            + "\(more)Content-Length: 1000000\r\n\r\n"
    }

    private static func get(_ stack: Stack, _ path: String, from address: String) async throws -> Int {
        try await stack.get(path, headers: ["X-Forwarded-For": address]).status
    }

    private static func options(_ change: (inout Stack.Options) -> Void) -> Stack.Options {
        var options = Stack.Options()
        options.service.clientAddress = ClientAddress(trusting: AddressRange.loopback)
        options.service.limits.rate = nil
        change(&options)
        return options
    }

    @Test func slowBodiesOfOneClientLeaveRoomForOthersAndForProbes() async throws {
        let options = Self.options { options in
            options.service.limits.inFlight = 6
            options.service.limits.inFlightOfOne = 3
        }
        try await Stack.run(options) { stack in
            let first = Self.head("/api/v1/graphs", from: "203.0.113.1")
            try await Self.withSlow(stack, 3, first, bytes: 1) {
                try await Self.inFlight(stack, 3)
                #expect(try await Self.get(stack, "/api/v1/apps", from: "203.0.113.1") == 503, "its share is taken")
                #expect(try await Self.get(stack, "/api/v1/apps", from: "203.0.113.2") == 200)
                // The addresses of one IPv6 network are one client.
                let second = Self.head("/api/v1/graphs", from: "2001:db8::1")
                try await Self.withSlow(stack, 3, second, bytes: 1) {
                    try await Self.inFlight(stack, 6)
                    #expect(try await Self.get(stack, "/api/v1/apps", from: "203.0.113.2") == 503, "all are taken")
                    for path in ["/healthz", "/readyz", "/metrics"] {
                        #expect(try await Self.get(stack, path, from: "203.0.113.2") == 200, "\(path)")
                    }
                }
            }
        }
    }

    @Test func theAddressesOfANetworkAreOneClient() async throws {
        let options = Self.options { $0.service.limits.inFlightOfOne = 2 }
        try await Stack.run(options) { stack in
            let slow = Self.head("/api/v1/graphs", from: "2001:db8::1")
            try await Self.withSlow(stack, 2, slow, bytes: 1) {
                try await Self.inFlight(stack, 2)
                #expect(try await Self.get(stack, "/api/v1/apps", from: "2001:db8::2") == 503)
                #expect(try await Self.get(stack, "/api/v1/apps", from: "2001:db8:0:1::2") == 200)
            }
        }
    }

    @Test func bodiesTakeNoMoreMemoryThanThat() async throws {
        let options = Self.options { options in
            options.service.limits.bodies = 200_000
            options.service.limits.bodiesOfOne = 100_000
        }
        try await Stack.run(options) { stack in
            let body = Graph.body("default_small", Graph.small()).bytes()
            @Sendable func create(_ address: String) async throws -> Answer {
                try await stack.send("POST", "/api/v1/graphs", body: body, headers: ["X-Forwarded-For": address])
            }
            let slow = Self.head("/api/v1/graphs", from: "203.0.113.1")
            // One that is asked while the slow one is still coming takes the room that this needs; then it is begun anew.
            try await eventually("its part is taken, and no other's") {
                let taken = Counter()
                try await Self.withSlow(stack, 1, slow, bytes: 100_000 - body.count / 2) {
                    for _ in 0..<20 where taken.value == 0 {
                        guard try await create("203.0.113.1").status == 503 else { continue }
                        let other = try await create("203.0.113.2")
                        #expect([201, 409].contains(other.status), "\(other.text)")
                        taken.next()
                    }
                }
                return taken.value > 0
            }
            try await eventually("who went away gives the room back") {
                try await create("203.0.113.1").status == 409
            }
        }
    }
}

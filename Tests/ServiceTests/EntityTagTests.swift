import Git
import Hummingbird
import Testing

@testable import Service

@Suite struct EntityTagTests {
    static let hex = "0123456789abcdef0123456789abcdef01234567"
    static let other = "ffffffffffffffffffffffffffffffffffffffff"

    @Test(arguments: [
        ("\"\(hex).7\"", true), ("W/\"\(hex).7\"", true), ("\"x\", \"\(hex).7\"", true), ("*", true),
        ("\"\(hex).8\"", false), ("\"\(hex)\"", false), ("", false),
    ])
    func isKnown(_ header: String, _ isKnown: Bool) throws {
        let tag = EntityTag(commit: try #require(ObjectID(Self.hex)), state: 7)
        #expect(tag.isKnown(to: [.ifNoneMatch: header]) == isKnown)
        #expect(!tag.isKnown(to: [:]))
    }

    @Test(arguments: [hex, "\"\(hex)\"", "\"\(hex).1y2p0\"", "W/\"\(hex).v3\"", "\"\(other)\", \"\(hex)\""])
    func meansTheCommit(_ header: String) throws {
        let commit = try #require(ObjectID(Self.hex))
        #expect(try Precondition([.ifMatch: header]).expected(last: commit) == commit)
    }

    @Test func asksForAnotherCommit() throws {
        let precondition = try Precondition([.ifMatch: "\"\(Self.other)\""])
        #expect(precondition.expected(last: try #require(ObjectID(Self.hex))) == ObjectID(Self.other))
    }

    @Test(arguments: ["*", nil]) func asksForNothing(_ header: String?) throws {
        var headers: HTTPFields = [:]
        headers[.ifMatch] = header
        #expect(try Precondition(headers).expected(last: try #require(ObjectID(Self.hex))) == nil)
    }

    @Test(arguments: ["", "\"abc\"", "3", "\"\(hex)", "\(hex)\"", "\"\(hex)0\"", "\(hex) \(hex)"])
    func refusesOtherTags(_ header: String) {
        #expect(throws: RestError.self) { try Precondition([.ifMatch: header]) }
    }
}

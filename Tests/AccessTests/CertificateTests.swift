import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import Access

@Suite struct CertificateTests {
    /// A certificate of its own authority, with its key.
    static func make(_ subject: String, in folder: TemporaryFolder, name: String) async throws {
        try await Command.output(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", subject,
                "-days", "2", "-keyout", "\(name).key", "-out", "\(name).crt",
            ], in: folder.path)
    }

    @Test(
        arguments: [
            ("/CN=ada", "ada", []), ("/O=engineers/O=admins/CN=ada", "ada", ["engineers", "admins"]),
            ("/O=system:masters/O=x/CN=ada", "ada", ["x"]), ("/O=only", nil, []), ("/CN=system:admin", nil, []),
        ] as [(String, String?, [String])])
    func theSubjectSaysWhoItIs(_ subject: String, _ user: String?, _ groups: [String]) async throws {
        let folder = try TemporaryFolder()
        try await Self.make(subject, in: folder, name: "c")
        let der = try NIOSSLCertificate.fromPEMFile(folder.appending("c.crt"))[0].toDERBytes()
        let caller = Caller(certificate: der)
        #expect(caller?.user == user)
        if user != nil { #expect(caller?.groups.sorted() == groups.sorted()) }
    }

    @Test func filesMustFitTogether() async throws {
        let folder = try TemporaryFolder()
        try await Self.make("/CN=one", in: folder, name: "one")
        try await Self.make("/CN=two", in: folder, name: "two")
        func context(_ files: String...) throws -> NIOSSLContext {
            try CertificateFiles.context(try files.map { Array(try folder.read($0)) }, names: files)
        }
        _ = try context("one.crt", "one.key")
        _ = try context("one.crt", "one.key", "two.crt")
        for files in [["one.crt", "two.key"], ["one.key", "one.key"], ["one.crt", "one.crt"]] {
            let error = #expect(throws: UnusableCertificate.self) { try context(files[0], files[1]) }
            #expect(error?.description.contains(files[0]) == true || error?.description.contains(files[1]) == true)
            #expect(error?.description.contains("PRIVATE KEY-----\n") != true)
        }
        #expect(throws: UnusableCertificate.self) { try context("one.crt", "one.key", "one.key") }
    }
}

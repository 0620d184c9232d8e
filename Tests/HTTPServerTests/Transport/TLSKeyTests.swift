import Foundation
import Primitives
import Testing

@testable import HTTPServer

@Suite("A TLS key that was made inside", .serialized, .timeLimit(.minutes(2)))
struct TLSKeyTests {
    private static let start = Timestamp(unixSeconds: 1_790_000_000)
    private static let last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    private static let names: [(host: String, subject: String, alternative: String)] = [
        ("gateway.example", "CN = gateway.example", "DNS:gateway.example"),
        ("192.0.2.1", "CN = 192.0.2.1", "IP Address:192.0.2.1"),
        ("2001:db8::1", "CN = 2001:db8::1", "IP Address:2001:DB8:0:0:0:0:0:1"),
        (long, "", "DNS:\(long)"),
    ]
    /// A name above the 64 characters of a common name.
    private static let long = String(repeating: "a", count: 60) + ".example"

    @Test("asks for a certificate in its own name, signed by itself", arguments: names)
    func request(host: String, subject: String, alternative: String) throws {
        let folder = try TestCertificate()
        defer { folder.remove() }
        let key = try TLSKey.generate()
        let name = try #require(TLSName(host: host))
        try Data(key.certificateRequest(for: name)).write(to: folder.folder.appendingPathComponent("r.pem"))
        let text = try folder.output(["req", "-in", "r.pem", "-noout", "-verify", "-subject", "-text"])
        #expect(text.contains("subject=\(subject)\n"))
        #expect(text.contains(alternative + "\n"))
        #expect(text.contains("ASN1 OID: prime256v1") && text.contains("ecdsa-with-SHA256"))
        #expect(text.contains("X509v3 Subject Alternative Name: \(subject.isEmpty ? "critical" : "")\n"))
    }

    @Test("makes a certificate of its own, which says the same", arguments: names)
    func selfSigned(host: String, subject: String, alternative: String) throws {
        let folder = try TestCertificate()
        defer { folder.remove() }
        let key = try TLSKey.generate()
        let name = try #require(TLSName(host: host))
        try Data(key.selfSignedCertificate(for: name, from: Self.start)).write(
            to: folder.folder.appendingPathComponent("c.pem"))
        let text = try folder.output(["x509", "-in", "c.pem", "-noout", "-subject", "-dates", "-ext", "subjectAltName"])
        #expect(text.contains("subject=\(subject)\n") && text.contains(alternative + "\n"))
        #expect(text.contains("notBefore=Sep 21 14:13:20 2026 GMT\n"))
        #expect(text.contains("notAfter=Dec 31 23:59:59 9999 GMT\n"))
        let at = ["-attime", "1790000001"]
        #expect(try folder.output(["verify"] + at + ["-x509_strict", "-CAfile", "c.pem", "c.pem"]) == "c.pem: OK\n")
    }

    @Test("is another each time, and is known by the hash of its public part")
    func hash() throws {
        let folder = try TestCertificate()
        defer { folder.remove() }
        let (key, other) = (try TLSKey.generate(), try TLSKey.generate())
        #expect(key.spkiSHA256 != other.spkiSHA256)
        let name = TLSName.dns("gateway.example")
        try Data(key.certificateRequest(for: name)).write(to: folder.folder.appendingPathComponent("r.pem"))
        #expect(try folder.spkiSHA256(["req", "-in", "r.pem"]) == Hex.encode(key.spkiSHA256))
        try Data(key.selfSignedCertificate(for: name, from: Self.start)).write(
            to: folder.folder.appendingPathComponent("c.pem"))
        #expect(try folder.spkiSHA256(["x509", "-in", "c.pem"]) == Hex.encode(key.spkiSHA256))
        #expect(!String(reflecting: key).contains("pointer") && Mirror(reflecting: key).children.isEmpty)
    }

    @Test("serves with its own certificate until an authority's is installed, which new connections are shown")
    func install() async throws {
        let folder = try TestCertificate()
        defer { folder.remove() }
        let key = try TLSKey.generate()
        let name = TLSName.dns("localhost")
        let shown = try key.selfSignedCertificate(for: name, from: Self.start)
        try Data(key.certificateRequest(for: name)).write(to: folder.folder.appendingPathComponent("r.pem"))
        try folder.openssl([
            "x509", "-req", "-in", "r.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "c.pem",
        ])
        let tls = TLSConfiguration(certificateChain: .bytes(shown), key: key)
        try await withServer(tls: tls) { server in
            #expect(server.tlsIdentity == TLSIdentity(source: .inside, spkiSHA256: key.spkiSHA256))
            let early = try TLSClient(port: server.port, ["-quiet"])
            try early.send("GET /early HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try early.reads("/early"))
            #expect(try Self.verdict(of: server, folder).contains("self-signed certificate"))

            // Another key's, none at all, a file that is not there: each refused, and nothing has changed.
            let refused: [(TLSConfiguration.Source, TLSError)] = [
                (.file(folder.path("chain.pem")), .keyDoesNotMatch), (.bytes([]), .noCertificate),
                (.file(folder.path("r.pem")), .noCertificate),
                (
                    .file("/nowhere.pem"),
                    .unreadable(path: "/nowhere.pem", reason: "open: No such file or directory")
                ),
            ]
            for (source, error) in refused {
                #expect(throws: error) { try server.install(certificateChain: source) }
            }
            #expect(try Self.verdict(of: server, folder).contains("self-signed certificate"))

            try server.install(certificateChain: .file(folder.path("c.pem")))
            #expect(try Self.verdict(of: server, folder).contains("Verify return code: 0 (ok)"))
            #expect(server.tlsIdentity.spkiSHA256 == key.spkiSHA256)
            try early.send(Self.last)
            #expect(try early.readToEnd().contains("/last"), "open connections go on")
        }
    }

    @Test("alone takes another certificate while the server runs")
    func onlyInside() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            let hash = try certificate.spkiSHA256(["x509", "-in", "leaf.pem"])
            #expect(server.tlsIdentity.source == .file)
            #expect(server.tlsIdentity.spkiSHA256.map { Hex.encode($0) } == hash)
            #expect(throws: TLSError.keyNotInside) {
                try server.install(certificateChain: .file(certificate.path("chain.pem")))
            }
        }
        try await withServer { server in
            #expect(server.tlsIdentity == .none)
            #expect(throws: TLSError.keyNotInside) {
                try server.install(certificateChain: .file(certificate.path("chain.pem")))
            }
        }
    }

    /// What a client says that trusts the test's authority alone.
    private static func verdict(of server: HTTPServer, _ folder: TestCertificate) throws -> String {
        let client = try TLSClient(port: server.port, ["-ign_eof", "-CAfile", folder.path("ca.pem")])
        try client.send(last)
        return try client.readToEnd()
    }
}

@Suite("The name in a certificate")
struct TLSNameTests {
    @Test(
        "is the origin's host",
        arguments: [
            ("https://gateway.example", TLSName.dns("gateway.example")),
            ("https://gateway.example:8443", .dns("gateway.example")), ("https://localhost", .dns("localhost")),
            ("http://192.0.2.1:80", .address(.v4(0xC000_0201))), ("https://[::1]:8443", .address(.v6(1))),
            ("https://[::ffff:192.0.2.1]", .address(.v4(0xC000_0201))), ("https://1-a.2b", .dns("1-a.2b")),
        ])
    func host(origin: String, name: TLSName) {
        #expect(TLSName(origin: origin) == name)
    }

    @Test(
        "is none where a certificate could not name the host",
        arguments: [
            "", "gateway.example", "https://", "https://:80", "https://a..b", "https://.a", "https://a.",
            "https://-a.b", "https://a-.b", "https://A.b", "https://*.a", "https://a_b.c", "https://1.2.3",
            "https://192.0.2.256", "https://[::1", "https://[]", "https://::1", "https://a,DNS:b",
            "https://" + String(repeating: "a", count: 64) + ".b",
            "https://" + String(repeating: "aaa.", count: 63) + "ab",
        ])
    func none(origin: String) {
        #expect(TLSName(origin: origin) == nil)
    }

    @Test("has labels of at most 63 characters and 253 in all")
    func limits() {
        #expect(TLSName(host: String(repeating: "a", count: 63)) != nil)
        #expect(TLSName(host: String(repeating: "a", count: 64)) == nil)
        let name = String(repeating: "aaa.", count: 63) + "a"
        #expect(name.utf8.count == 253)
        #expect(TLSName(host: name) != nil)
        #expect(TLSName(host: "b" + name) == nil)
    }
}

import Foundation
import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("TLS", .serialized, .timeLimit(.minutes(2)))
struct TLSTests {
    private static let last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test("carries requests and answers with OpenSSL's client", arguments: ["-tls1_2", "-tls1_3"])
    func roundTrip(version: String) async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let handler = TestHandler { .text("\($0.path) secure=\($0.isSecure) \($0.text)\n") }
        try await withServer(handler, tls: certificate.configuration) { server in
            let client = try TLSClient(port: server.port, ["-quiet", version, "-alpn", "http/1.1"])
            try client.send("POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try client.reads("/first secure=true hello\n"))
            // Three requests in one record: what OpenSSL holds back is read without the socket's announcing it.
            try client.send(
                "GET /second HTTP/1.1\r\nHost: a\r\n\r\nGET /third HTTP/1.1\r\nHost: a\r\n\r\n" + TLSTests.last)
            let text = try client.readToEnd()
            #expect(text.contains("/second secure=true \n"))
            #expect(text.contains("/third secure=true \n"))
            #expect(text.hasSuffix("/last secure=true \n"))
            await eventually { server.statistics.openConnections == 0 }
        }
    }

    @Test("speaks http/1.1 where protocols are negotiated, and refuses clients that do not")
    func protocols() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            let both = try TLSClient(port: server.port, ["-ign_eof", "-alpn", "h2,http/1.1"])
            try both.send(TLSTests.last)
            #expect(try both.readToEnd().contains("ALPN protocol: http/1.1"))
            for refused in [["-alpn", "h2"], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]] {
                let client = try TLSClient(port: server.port, ["-ign_eof"] + refused)
                try? client.send(TLSTests.last)
                #expect(try !client.readToEnd().contains("HTTP/1.1 200"))
            }
            await eventually { server.statistics.openConnections == 0 }
        }
    }

    @Test("agrees on keys with X25519 and P-256 alone: other groups cost the loop and the locked heap too much")
    func groups() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            for (groups, isServed) in [
                ("X25519", true), ("P-256", true), ("P-521:P-256", true), ("P-521", false), ("P-384", false),
                ("X448", false), ("ffdhe2048", false), ("ffdhe8192", false),
            ] {
                let client = try TLSClient(port: server.port, ["-ign_eof", "-groups", groups])
                try? client.send(TLSTests.last)
                #expect(try client.readToEnd().contains("HTTP/1.1 200") == isServed, "\(groups)")
            }
            await eventually { server.statistics.openConnections == 0 }
        }
    }

    @Test("issues no session tickets", arguments: ["-tls1_2", "-tls1_3"])
    func noTickets(version: String) async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            let client = try TLSClient(port: server.port, ["-ign_eof", version])
            try client.send(TLSTests.last)
            let text = try client.readToEnd()
            #expect(text.contains("HTTP/1.1 200"))
            #expect(!text.contains("New Session Ticket arrived") && !text.contains("TLS session ticket:"))
        }
    }

    @Test("has room for keys up to 70 % of the locked heap, and not above")
    func lockedHeap() {
        let heap = LockedHeap(bytes: 100_000)
        #expect(!heap.isFull(used: 69_999))
        #expect(!heap.isFull(used: 70_000))
        #expect(heap.isFull(used: 70_001))
    }

    @Test("shows the whole certificate chain")
    func chain() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            let client = try TLSClient(
                port: server.port, ["-ign_eof", "-showcerts", "-CAfile", certificate.path("ca.pem")])
            try client.send(TLSTests.last)
            let text = try client.readToEnd()
            #expect(text.components(separatedBy: "BEGIN CERTIFICATE").count >= 3)
            #expect(text.contains("Verify return code: 0 (ok)"))
        }
    }

    @Test("refuses renegotiation")
    func renegotiation() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration) { server in
            let client = try TLSClient(port: server.port, ["-tls1_2"])
            #expect(try client.reads("Verify return code"))
            // A line "R" asks s_client to renegotiate.
            try client.send("R\n")
            _ = try client.readToEnd()
            await eventually { server.statistics.openConnections == 0 }
            #expect(server.statistics.requests == 0)
        }
    }

    @Test("carries large bodies both ways")
    func largeBodies() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let handler = TestHandler(admission: { _ in .accept(bodyLimit: 4 << 20) }) { request in
            Response(200, content: .bytes(request.body.bytes + Array("end\n".utf8)))
        }
        try await withServer(handler, tls: certificate.configuration) { server in
            let client = try TLSClient(port: server.port)
            let body = String(repeating: "0123456789abcdef", count: 1 << 17)
            let length = "Content-Length: \(body.utf8.count)"
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(length)\r\n\r\n")
            try client.send(body)
            let text = try client.readToEnd()
            #expect(text.hasSuffix("\r\n\r\n" + body + "end\n"))
        }
    }

    @Test("cancels an event stream when its client leaves in silence")
    func leaving() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let cancelled = Reports<Void>()
        let handler = TestHandler { _ in
            Response(
                200,
                content: .events { writer in
                    try await writer.send(ServerSentEvent(data: "hello"))
                    while !Task.isCancelled { try? await Task.sleep(nanoseconds: 3_600_000_000_000) }  // pause: slow
                    cancelled.report(())
                })
        }
        try await withServer(handler, tls: certificate.configuration) { server in
            let client = try TLSClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.reads("data: hello\n\n"))
            client.leave()
            _ = await cancelled.next()
            await eventually { server.statistics.openConnections == 0 }
        }
    }

    @Test("closes on who does not shake hands: silent, or speaking plain HTTP")
    func noHandshake() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration, limits: { $0.headMilliseconds = 50 }) { server in
            let silent = try RawClient(port: server.port)
            #expect(try silent.isAtEnd())
            let plain = try RawClient(port: server.port)
            try plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // An alert or a reset, but no answer.
            let answer = (try? plain.receive()) ?? []
            #expect(!answer.starts(with: "HTTP".utf8))
            await eventually { server.statistics.openConnections == 0 }
        }
    }

    @Test("does not start without a certificate and its key")
    func configuration() throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let other = try TestCertificate()
        defer { other.remove() }
        let chain = TLSConfiguration.Source.file(certificate.path("chain.pem"))
        let key = TLSConfiguration.Source.file(certificate.path("key.pem"))
        let locked = TLSConfiguration.Source.file(certificate.path("locked.pem"))
        try certificate.openssl(["ec", "-in", "key.pem", "-aes128", "-passout", "pass:x", "-out", "locked.pem"])
        let cases: [(TLSConfiguration, TLSError)] = [
            (TLSConfiguration(certificateChain: .bytes([]), privateKey: key), .noCertificate),
            (TLSConfiguration(certificateChain: key, privateKey: key), .noCertificate),
            (TLSConfiguration(certificateChain: chain, privateKey: chain), .noPrivateKey),
            (TLSConfiguration(certificateChain: chain, privateKey: .bytes(Array("?".utf8))), .noPrivateKey),
            (TLSConfiguration(certificateChain: chain, privateKey: locked), .noPrivateKey),
            (TLSConfiguration(certificateChain: chain, privateKey: .file(other.path("key.pem"))), .keyDoesNotMatch),
            (
                TLSConfiguration(certificateChain: .file("/nowhere.pem"), privateKey: key),
                .unreadable(path: "/nowhere.pem", reason: "open: No such file or directory")
            ),
        ]
        for (configuration, error) in cases {
            #expect(throws: error) { _ = try TLSContext(configuration) }
        }
        _ = try TLSContext(
            TLSConfiguration(
                certificateChain: .bytes(certificate.bytes("chain.pem")),
                privateKey: .bytes(certificate.bytes("key.pem"))))
    }
}

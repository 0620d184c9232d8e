import HTTPClient
import HTTPTypes
import Testing

@Suite("Whom the client trusts")
struct TLSTests {
    enum Trust {
        case authority, systemAndAuthority, system, stranger, selfSigned, nonsense, nothing
    }

    enum Pin {
        case none, right, wrong
    }

    enum Expected {
        case trusted, untrusted, wrongHost, expired, keyNotPinned, badAnchors, handshake
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let leaf: TestCertificates.Leaf
        let trust: Trust
        let expected: Expected
        var host = "localhost"
        var pin = Pin.none
        var version: String?

        init(
            _ description: String, _ leaf: TestCertificates.Leaf, _ trust: Trust, _ expected: Expected,
            host: String = "localhost", pin: Pin = .none, version: String? = nil
        ) {
            testDescription = description
            self.leaf = leaf
            self.trust = trust
            self.expected = expected
            self.host = host
            self.pin = pin
            self.version = version
        }
    }

    static let cases = [
        Case("the private authority alone", .good, .authority, .trusted),
        Case("the private authority beside the system's", .good, .systemAndAuthority, .trusted),
        Case("an address in the certificate", .good, .authority, .trusted, host: "127.0.0.1"),
        Case("TLS 1.3", .good, .authority, .trusted, version: "TLSv1_3"),
        Case("TLS 1.2", .good, .authority, .trusted, version: "TLSv1_2"),
        Case("TLS 1.1", .good, .authority, .handshake, version: "TLSv1_1"),
        Case("an authority that nobody knows", .good, .system, .untrusted),
        Case("another private authority", .good, .stranger, .untrusted),
        Case("a self-signed server", .selfSigned, .authority, .untrusted),
        Case("a self-signed server that is itself an anchor", .selfSigned, .selfSigned, .trusted),
        Case("another host", .otherHost, .authority, .wrongHost),
        Case("an address that is not in the certificate", .selfSigned, .selfSigned, .wrongHost, host: "127.0.0.1"),
        Case("an expired certificate", .expired, .authority, .expired),
        Case("anchors that are not PEM", .good, .nonsense, .badAnchors),
        Case("no anchors at all", .good, .nothing, .badAnchors),
        Case("the pinned key", .good, .authority, .trusted, pin: .right),
        Case("another key than the pinned one", .good, .authority, .keyNotPinned, pin: .wrong),
        Case("the pinned key, but no trusted chain", .good, .stranger, .untrusted, pin: .right),
        Case("the pinned key, but another host", .otherHost, .authority, .wrongHost, pin: .right),
        Case("the pinned key, but expired", .expired, .authority, .expired, pin: .right),
    ]

    @Test("Chain, host, dates and pin must all hold; else not a byte of the request is sent", arguments: cases)
    func verification(_ example: Case) async throws {
        let requests = Counter()
        let backend = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            requests.add()
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend, example.leaf, version: example.version)
        let client = try Fixtures.client(trust: try await anchors(example.trust))
        let certificates = try await TestCertificates.shared()
        let pin: [UInt8]? =
            switch example.pin {
            case .none: nil
            case .right: try certificates.pin(example.leaf)
            case .wrong: try certificates.pin(.selfSigned)
            }
        let outcome: Expected
        do throws(HTTPClientError) {
            let request = ClientRequest(url: server.url(host: example.host), pinnedKeySHA256: pin)
            outcome = try await client.send(request).status == 204 ? .trusted : .handshake
        } catch {
            outcome = try #require(name(error), "\(error)")
        }
        #expect(outcome == example.expected)
        #expect(requests.value == (example.expected == .trusted ? 1 : 0))
    }

    private func name(_ error: HTTPClientError) -> Expected? {
        guard case .tls(let failure) = error else { return nil }
        return switch failure {
        case .untrusted: .untrusted
        case .wrongHost: .wrongHost
        case .expired: .expired
        case .keyNotPinned: .keyNotPinned
        case .badAnchors: .badAnchors
        case .handshake: .handshake
        }
    }

    private func anchors(_ trust: Trust) async throws -> TrustAnchors {
        let certificates = try await TestCertificates.shared()
        return switch trust {
        case .authority: .only(pem: try certificates.pem("authority"))
        case .systemAndAuthority: .systemAdding(pem: try certificates.pem("authority"))
        case .system: .system
        case .stranger: .only(pem: try certificates.pem("stranger"))
        case .selfSigned: .only(pem: try certificates.pem("selfSigned"))
        case .nonsense: .only(pem: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8))
        case .nothing: .only(pem: [])
        }
    }

    @Test("A server that does not speak TLS")
    func plainServer() async throws {
        let server = try ScriptedServer { connection in
            connection.write("220 mail.test ESMTP\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        await #expect(throws: HTTPClientError.tls(.handshake)) {
            try await client.send(ClientRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
    }

    @Test("A connection opened without a pin does not serve a request with one")
    func pinAndPool() async throws {
        let requests = Counter()
        let backend = try ScriptedServer { connection in
            while connection.readHead() != nil {
                requests.add()
                connection.write("HTTP/1.1 204 No Content\r\n\r\n")
            }
        }
        defer { backend.stop() }
        let server = try await TLSServer(backend)
        let client = try Fixtures.client(on: Fixtures.oneLoop, trust: try await anchors(.authority))
        let certificates = try await TestCertificates.shared()
        let right = try certificates.pin(.good)
        let wrong = try certificates.pin(.expired)
        for pin in [nil, nil, right, right] as [[UInt8]?] {
            #expect(try await client.send(ClientRequest(url: server.url(), pinnedKeySHA256: pin)).status == 204)
        }
        #expect(backend.accepted == 2, "one without pin, one with it, each used twice")
        await #expect(throws: HTTPClientError.tls(.keyNotPinned)) {
            try await client.send(ClientRequest(url: server.url(), pinnedKeySHA256: wrong))
        }
        #expect(requests.value == 4)
    }
}

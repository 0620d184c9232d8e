import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("Connections from listed load balancers", .serialized, .timeLimit(.minutes(2)))
struct ProxyProtocolTests {
    private static let request = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    private static let whose = TestHandler { .text("\($0.peer) \($0.peer.port)") }

    private static func loopback() throws -> [CIDR] { [try #require(CIDR("127.0.0.0/8"))] }

    private static func header(from last: UInt8) -> [UInt8] {
        var addresses = ProxyBytes.ipv4
        addresses[3] = last
        return ProxyBytes.header(addresses)
    }

    @Test("are the client's that the header names, with the request right behind it")
    func client() async throws {
        try await withServer(Self.whose, proxies: try Self.loopback()) { server in
            for header in [
                Self.header(from: 7), ProxyBytes.withChecksum(ProxyBytes.ipv4 + ProxyBytes.field(4, [1])),
            ] {
                let client = try RawClient(port: server.port)
                try client.send(header + Self.request + Self.request)
                for _ in 0..<2 { #expect(try client.answer().text == "192.0.2.7 40000") }
            }
            let client = try RawClient(port: server.port)
            try client.send(ProxyBytes.header(family: 0x21, ProxyBytes.ipv6) + Self.request)
            #expect(try client.answer().text == "2001:db8::7 40000")
            #expect(server.statistics.proxyRefusals == 0)
        }
    }

    @Test("may send the header byte by byte")
    func split() async throws {
        try await withServer(Self.whose, proxies: try Self.loopback()) { server in
            let client = try RawClient(port: server.port)
            for byte in Self.header(from: 9) + Self.request { try client.send([byte]) }
            #expect(try client.answer().text == "192.0.2.9 40000")
        }
    }

    @Test("are the balancer's own for a health check")
    func healthCheck() async throws {
        try await withServer(Self.whose, proxies: try Self.loopback()) { server in
            let client = try RawClient(port: server.port)
            try client.send(ProxyBytes.header(command: 0x20, family: 0, []) + Self.request)
            #expect(try client.answer().text.hasPrefix("127.0.0.1 "))
            // A look whether the port is open is no fault.
            do { _ = try RawClient(port: server.port) }
            await eventually { server.statistics.accepted == 2 && server.statistics.openConnections == 1 }
            #expect(server.statistics.proxyRefusals == 0)
        }
    }

    @Test("are closed without a word and counted if the header is missing or wrong", arguments: [false, true])
    func refused(isSecure: Bool) async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let tls = isSecure ? certificate.configuration : nil
        try await withServer(Self.whose, tls: tls, proxies: try Self.loopback()) { server in
            for (count, example) in ProxyHeaderTests.bad.enumerated() {
                let client = try RawClient(port: server.port)
                try client.send(example.bytes)
                // A reset where bytes were left unread.
                #expect(((try? client.receive()) ?? []).isEmpty, "\(example.name)")
                await eventually { server.statistics.proxyRefusals == count + 1 }
            }
            await eventually { server.statistics.openConnections == 0 }
            #expect(server.statistics.requests == 0)
            #expect(server.statistics.refusals.isEmpty)
        }
    }

    @Test("are closed and counted if the header does not come whole in the time of a head, or breaks off")
    func slow() async throws {
        try await withServer(
            proxies: try Self.loopback(), limits: { $0.headMilliseconds = 50 }
        ) { server in
            let silent = try RawClient(port: server.port)
            let half = try RawClient(port: server.port)
            try half.send(Array(Self.header(from: 7).dropLast()))
            for client in [silent, half] { #expect(((try? client.receive()) ?? []).isEmpty) }
            await eventually { server.statistics.proxyRefusals == 2 }

            let ended = try RawClient(port: server.port)
            try ended.send(Array(Self.header(from: 7).prefix(20)))
            ended.halfClose()
            #expect(((try? ended.receive()) ?? []).isEmpty)
            await eventually { server.statistics.proxyRefusals == 3 && server.statistics.openConnections == 0 }
        }
    }

    @Test("count for their clients under the caps, not for the balancer")
    func caps() async throws {
        try await withServer(
            Self.whose, loops: 2, proxies: try Self.loopback(), limits: { $0.connectionsPerAddress = 1 }
        ) { server in
            var open: [RawClient] = []
            for last in 1...3 as ClosedRange<UInt8> {
                let client = try RawClient(port: server.port)
                try client.send(Self.header(from: last) + Self.request)
                #expect(try client.answer().text == "192.0.2.\(last) 40000")
                open.append(client)
            }
            let second = try RawClient(port: server.port)
            try second.send(Self.header(from: 3))
            #expect(try second.answer().status == 503)
            open.removeLast()
            await eventually { server.statistics.openConnections == 2 }
            let third = try RawClient(port: server.port)
            try third.send(Self.header(from: 3) + Self.request)
            #expect(try third.answer().status == 200)
        }
    }

    @Test("count under the cap of all while their header is awaited, and a drain does not wait for it")
    func drain() async throws {
        try await withServer(
            Self.whose, proxies: try Self.loopback(),
            limits: {
                $0.connections = 1
                $0.headMilliseconds = 600_000
            }
        ) { server in
            let silent = try RawClient(port: server.port)
            await eventually { server.statistics.openConnections == 1 }
            let refused = try RawClient(port: server.port)
            #expect(try refused.answer().status == 503)
            await server.drain(withinMilliseconds: 600_000)
            #expect(try silent.isAtEnd())
            #expect(server.statistics.openConnections == 0)
        }
    }

    @Test("speak TLS after the header")
    func secure() async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        try await withServer(tls: certificate.configuration, proxies: try Self.loopback()) { server in
            let client = try RawClient(port: server.port)
            // A greeting of TLS without anything in it is answered by an alert, 21: its handshake has begun.
            try client.send(Self.header(from: 7) + [22, 3, 1, 0, 4, 1, 0, 0, 0])
            #expect(try client.receive().first == 21)
            #expect(server.statistics.proxyRefusals == 0)
        }
    }

    @Test("that are not listed are not believed: their header is a malformed request")
    func unlisted() async throws {
        for proxies in [[], [try #require(CIDR("192.0.2.0/24"))]] {
            try await withServer(Self.whose, proxies: proxies) { server in
                let client = try RawClient(port: server.port)
                try client.send(Self.header(from: 7) + Self.request)
                #expect(try client.answer().status == 400)
                let honest = try RawClient(port: server.port)
                try honest.send(Self.request)
                #expect(try honest.answer().text.hasPrefix("127.0.0.1 "))
                #expect(server.statistics.refusals == [400: 1] && server.statistics.proxyRefusals == 0)
            }
        }
    }
}

import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("Connection caps", .serialized)
struct CapTests {
    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("refuse the connection above them with 503, over all loops, and count down again", arguments: [false, true])
    func caps(perAddress: Bool) async throws {
        func limits(_ limits: inout ServerLimits) {
            limits.connections = perAddress ? 100 : 3
            limits.connectionsPerAddress = perAddress ? 3 : 100
        }
        try await withServer(loops: 2, limits: limits) { server in
            var clients: [RawClient] = []
            for _ in 0..<3 {
                let client = try RawClient(port: server.port)
                try client.send(CapTests.request)
                #expect(try client.answer().status == 200)
                clients.append(client)
            }
            let refused = try RawClient(port: server.port)
            let answer = try refused.answer()
            #expect(answer.status == 503)
            #expect(answer.fields["Connection"] == "close")
            #expect(try refused.isAtEnd())
            #expect(server.statistics.refusals == [503: 1])
            #expect(server.statistics.openConnections == 3)

            clients.removeLast()
            await eventually { server.statistics.openConnections == 2 }
            let next = try RawClient(port: server.port)
            try next.send(CapTests.request)
            #expect(try next.answer().status == 200)
        }
    }

    @Test("count an IPv6 network of 64 bits as one holder")
    func networks() {
        var limits = ServerLimits()
        limits.connectionsPerAddress = 2
        let caps = ConnectionCaps(limits)
        let network: UInt128 = 0x2001_0DB8_0000_0001 << 64
        let first = PeerAddress(.v6(network | 1), port: 1)
        #expect(caps.admit(first))
        #expect(caps.admit(PeerAddress(.v6(network | 2), port: 2)))
        #expect(!caps.admit(PeerAddress(.v6(network | 3), port: 3)))
        #expect(caps.admit(PeerAddress(.v6((network + (1 << 64)) | 3), port: 3)))
        #expect(caps.admit(PeerAddress(.v4(1), port: 3)))
        caps.release(first)
        #expect(caps.admit(PeerAddress(.v6(network | 3), port: 3)))
    }

    @Test("are a fifth of all connections for one holder")
    func defaults() {
        #expect(ServerLimits().connections == 20_000)
        #expect(ServerLimits().connectionsPerAddress == 4_000)
    }
}

@Suite("A peer's address")
struct PeerAddressTests {
    @Test(
        "reads as usual",
        arguments: [
            (PeerAddress(.v4(0x7F00_0001), port: 80), "127.0.0.1"),
            (PeerAddress(.v4(0xC0A8_01FF), port: 80), "192.168.1.255"),
            (PeerAddress(.v6(1), port: 80), "::1"),
            (PeerAddress(.v6(0x2001_0DB8 << 96 | 0xABCD), port: 80), "2001:db8::abcd"),
        ])
    func text(address: PeerAddress, text: String) {
        #expect(address.description == text)
    }
}

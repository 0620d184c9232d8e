import HTTPClient
import Primitives
import Testing

@Suite("No connection against the policy")
struct EgressTests {
    @Test(
        "However the own machine is written, it is not reached",
        arguments: [
            "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "127.1", "2130706433",
            "0x7f000001", "0177.0.0.1", "%6c%6fcalhost", "LOCALHOST",
        ])
    func refused(host: String) async throws {
        let server = try ScriptedServer { $0.awaitClose() }
        defer { server.stop() }
        let client = try Fixtures.client(policy: .publicOnly)
        await #expect(throws: HTTPClientError.egressRefused) {
            try await client.send(ClientRequest(url: "http://\(host):\(server.port)/"))
        }
        await client.close()
        #expect(server.accepted == 0)
    }

    @Test("A range that the operator lists is reached, its neighbour is not")
    func allowed() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        defer { server.stop() }
        let client = try Fixtures.client(policy: EgressPolicy(allowing: [try #require(CIDR("127.0.0.1"))]))
        #expect(try await client.send(ClientRequest(url: server.url())).status == 204)
        await #expect(throws: HTTPClientError.egressRefused) {
            try await client.send(ClientRequest(url: "http://127.0.0.2:\(server.port)/"))
        }
    }

    @Test("Of a host's addresses only the permitted ones are tried")
    func mixed() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
        }
        defer { server.stop() }
        // Where the name has an IPv6 address as well, that one is refused on the way.
        let client = try Fixtures.client(policy: EgressPolicy(allowing: [try #require(CIDR("127.0.0.1"))]))
        #expect(try await client.send(ClientRequest(url: "http://localhost:\(server.port)/")).status == 204)
    }
}

import Cryptography
import HTTPClient
import HTTPTypes
import Primitives
import Testing

@Suite("A secret that was sent")
struct SecretMemoryTests {
    @Test("Once the transfer is over, no copy of it is left in memory")
    func wiped() async {
        // A process of its own, so that no other test changes the memory under the search.
        await #expect(processExitsWith: .success) {
            let go = Signal<Void>()
            let server = try ScriptedServer { connection in
                connection.skipHead()
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                go.wait()
                connection.write("ok")
                connection.awaitClose()
            }
            let masked = try await SecretMemoryTests.send(to: server, go)
            #expect(try ProcessMemory.count(masked: masked, mask: 0xA5) == 0)
        }
    }

    /// Sends a secret of 40 random digits and returns them masked, so that the test itself holds no readable copy.
    private static func send(to server: ScriptedServer, _ go: Signal<Void>) async throws -> [UInt8] {
        let alphabet = Array("0123456789abcdef".utf8)
        let masked = SystemRandom().bytes(40).map { alphabet[Int($0 & 15)] ^ 0xA5 }
        let secret = try Secret(count: masked.count) { room in
            for (index, byte) in masked.enumerated() { room[index] = byte ^ 0xA5 }
        }
        let client = try Fixtures.client()
        let response = try await client.send(
            ClientRequest(
                method: .post, url: server.url(), secretFields: [SecretField("X-Api-Key", prefix: "key ", secret)],
                body: [1]))
        #expect(try ProcessMemory.count(masked: masked, mask: 0xA5) > 0, "the search finds what is there")
        go.send(())
        #expect(try await response.body.collect(upTo: 2) == Array("ok".utf8))
        await client.close()
        return masked
    }
}

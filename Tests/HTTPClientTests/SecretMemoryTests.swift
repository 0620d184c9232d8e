import Cryptography
import HTTPClient
import HTTPTypes
import Primitives
import Testing

@Suite("A secret that was sent")
struct SecretMemoryTests {
    @Test("Once the answer has begun, no copy of it is left in memory, however long the answer takes")
    func wiped() async {
        // A process of its own, so that no other test changes the memory under the search.
        await #expect(processExitsWith: .success) {
            let (came, answer, end) = (Signal<Void>(), Signal<Void>(), Signal<Void>())
            let server = try ScriptedServer { connection in
                connection.skipHead()
                came.send(())
                answer.wait()
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                end.wait()
                connection.write("ok")
                connection.awaitClose()
            }
            let alphabet = Array("0123456789abcdef".utf8)
            let masked = SystemRandom().bytes(40).map { alphabet[Int($0 & 15)] ^ 0xA5 }
            let client = try Fixtures.client()
            let sending = Task { try await client.send(SecretMemoryTests.request(to: server, masked)) }
            try await came.next()
            #expect(try ProcessMemory.count(masked: masked, mask: 0xA5) > 0, "the search finds what is there")
            answer.send(())
            let response = try await sending.value
            #expect(try ProcessMemory.count(masked: masked, mask: 0xA5) == 0)
            #expect(SecretArena.usage?.used == 0)
            end.send(())
            #expect(try await response.body.collect(upTo: 2) == Array("ok".utf8))
            await client.close()
            #expect(try ProcessMemory.count(masked: masked, mask: 0xA5) == 0)
        }
    }

    /// A request with a secret of 40 digits, which are given masked so that the test itself holds no readable copy.
    private static func request(to server: ScriptedServer, _ masked: [UInt8]) throws -> ClientRequest {
        let secret = try Secret(count: masked.count) { room in
            for (index, byte) in masked.enumerated() { room[index] = byte ^ 0xA5 }
        }
        return ClientRequest(
            method: .post, url: server.url(), secretFields: [SecretField("X-Api-Key", prefix: "key ", secret)],
            body: [1])
    }
}

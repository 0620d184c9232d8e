import HTTPClient
import HTTPTypes
import Testing

@Suite("A request and its response")
struct RoundTripTests {
    @Test("A GET brings back status, fields and body")
    func get() async throws {
        let heads = Signal<String>()
        let server = try ScriptedServer { connection in
            heads.send(connection.readHead() ?? "")
            connection.write("HTTP/1.1 203 Fine\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two:  b \r\n\r\nhello")
            connection.awaitClose()
        }
        let response = try await Fixtures.client().send(
            ClientRequest(url: server.url("/a/../b?c=%20d#e"), fields: [("X-Mine", "1"), ("X-Empty", "")]))
        #expect(response.status == 203)
        #expect(response.fields.values(of: "x-two") == ["a", "b"])
        #expect(try await response.body.collect(upTo: 5) == Array("hello".utf8))
        let expected = [
            "GET /a/../b?c=%20d HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Accept: */*", "X-Mine: 1", "X-Empty:",
        ]
        #expect(try await heads.next() == expected.joined(separator: "\r\n") + "\r\n\r\n")
    }
}

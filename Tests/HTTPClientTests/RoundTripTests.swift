import Cryptography
import HTTPClient
import HTTPTypes
import Testing

@Suite("A request and its response")
struct RoundTripTests {
    @Test("A GET brings back status, fields and body, and sends nothing uncalled for")
    func get() async throws {
        let heads = Signal<String>()
        let server = try ScriptedServer { connection in
            heads.send(connection.readHead() ?? "")
            connection.write("HTTP/1.1 203 Fine\r\nContent-Length: 5\r\nX-Two: a\r\nX-Two:  b \r\n\r\nhello")
            connection.awaitClose()
        }
        defer { server.stop() }
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

    struct Upload: CustomTestStringConvertible {
        let method: HTTPMethod
        let count: Int
        var testDescription: String { "\(method.rawValue), \(count) bytes" }
    }

    @Test(
        "A body arrives whole, with its length and without Expect or an invented type",
        arguments: [
            Upload(method: .post, count: 0), Upload(method: .post, count: 1), Upload(method: .post, count: 2_000_000),
            Upload(method: .put, count: 0), Upload(method: .put, count: 70_000), Upload(method: .patch, count: 9),
            Upload(method: .delete, count: 3), Upload(method: HTTPMethod(rawValue: "REPORT"), count: 3),
        ])
    func upload(_ upload: Upload) async throws {
        let seen = Signal<(String, [UInt8])>()
        let server = try ScriptedServer { connection in
            let head = connection.readHead() ?? ""
            seen.send((head, connection.read(upload.count)))
            connection.write("HTTP/1.1 204 No Content\r\n\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let body = (0..<upload.count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let response = try await Fixtures.client().send(
            ClientRequest(method: upload.method, url: server.url(), body: body))
        #expect(response.status == 204)
        #expect(try await response.body.collect(upTo: 0) == [])
        let (head, received) = try await seen.next()
        #expect(received == body)
        let lines = head.split(separator: "\r\n").sorted()
        let expected = [
            "\(upload.method.rawValue) / HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Accept: */*",
            "Content-Length: \(upload.count)",
        ]
        #expect(lines.map(String.init) == expected.sorted())
    }

    @Test("HEAD has no body, whatever length the head names")
    func head() async throws {
        let server = try ScriptedServer { connection in
            #expect(connection.readHead()?.hasPrefix("HEAD / HTTP/1.1\r\n") == true)
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(method: .head, url: server.url()))
        #expect(response.fields["content-length"] == "1000")
        #expect(try await response.body.collect(upTo: 0) == [])
    }

    @Test("A secret field carries prefix and secret")
    func secretField() async throws {
        let heads = Signal<String>()
        let server = try ScriptedServer { connection in
            heads.send(connection.readHead() ?? "")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        defer { server.stop() }
        let secret = try Secret(copying: Array("s3cr3t".utf8))
        _ = try await Fixtures.client().send(
            ClientRequest(
                url: server.url(),
                secretFields: [
                    SecretField("Authorization", prefix: "Bearer ", secret), SecretField("x-api-key", secret),
                ]))
        let lines = try await heads.next().split(separator: "\r\n")
        #expect(lines.contains("Authorization: Bearer s3cr3t"))
        #expect(lines.contains("x-api-key: s3cr3t"))
    }

    @Test(
        "A redirect is an answer, not an order",
        arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil {
                connection.write("HTTP/1.1 \(status) Elsewhere\r\nLocation: /other\r\nContent-Length: 2\r\n\r\nno")
            }
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        #expect(response.status == status)
        #expect(response.fields["location"] == "/other")
        #expect(try await response.body.collect(upTo: 2) == Array("no".utf8))
    }

    @Test("Interim responses are passed over")
    func interim() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX-Final: yes\r\n\r\n!")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        #expect(response.status == 200)
        #expect(response.fields["link"] == nil)
        #expect(response.fields["x-final"] == "yes")
        #expect(try await response.body.collect(upTo: 1) == Array("!".utf8))
    }

    @Test("A cookie that was set is not sent back")
    func noCookies() async throws {
        let heads = Signal<String>()
        let server = try ScriptedServer { connection in
            while let head = connection.readHead() {
                heads.send(head)
                connection.write("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
            }
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        for _ in 0..<2 {
            let response = try await client.send(ClientRequest(url: server.url()))
            _ = try await response.body.collect(upTo: 0)
            #expect(try await !heads.next().lowercased().contains("cookie"))
        }
    }
}

import Foundation
import HTTPClient
import HTTPTypes
import Primitives
import Testing

@Suite("Time limits")
struct TimeLimitTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let limits: ClientLimits
        let expected: TimeLimit
        var scheme = "http"
        let script: @Sendable (ScriptedConnection) -> Void
    }

    static let limit: UInt64 = 150
    static let long: UInt64 = 30_000

    static let cases = [
        Case(
            testDescription: "TLS that is never answered",
            limits: ClientLimits(connectMilliseconds: limit, firstByteMilliseconds: long, idleMilliseconds: long),
            expected: .connect, scheme: "https"
        ) { $0.awaitClose() },
        Case(
            testDescription: "no answer to the request",
            limits: ClientLimits(connectMilliseconds: long, firstByteMilliseconds: limit, idleMilliseconds: long),
            expected: .firstByte
        ) { $0.awaitClose() },
        Case(
            testDescription: "a head that drips",
            limits: ClientLimits(connectMilliseconds: long, firstByteMilliseconds: limit, idleMilliseconds: long),
            expected: .firstByte
        ) { connection in
            _ = connection.readHead()
            var isThere = connection.write("HTTP/1.1 200 OK\r\n")
            while isThere {
                usleep(10_000)  // pause: a peer that is slow on purpose
                isThere = connection.write("X: y\r\n")
            }
        },
        Case(
            testDescription: "silence after the head",
            limits: ClientLimits(connectMilliseconds: long, firstByteMilliseconds: long, idleMilliseconds: limit),
            expected: .idle
        ) { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
            connection.awaitClose()
        },
        Case(
            testDescription: "silence in mid-body",
            limits: ClientLimits(connectMilliseconds: long, firstByteMilliseconds: long, idleMilliseconds: limit),
            expected: .idle
        ) { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            connection.awaitClose()
        },
        Case(
            testDescription: "a body that moves but does not end",
            limits: ClientLimits(
                connectMilliseconds: long, firstByteMilliseconds: long, idleMilliseconds: long, totalMilliseconds: limit
            ),
            expected: .total
        ) { connection in
            _ = connection.readHead()
            var isThere = connection.write("HTTP/1.1 200 OK\r\n\r\n")
            while isThere {
                usleep(10_000)  // pause: a peer that is slow on purpose
                isThere = connection.write("x")
            }
        },
    ]

    @Test("Each limit ends the request when it passes, not before, under its own name", arguments: cases)
    func passes(_ example: Case) async throws {
        let closed = Signal<Void>()
        let server = try ScriptedServer { connection in
            example.script(connection)
            closed.send(())
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let url = server.url().replacingOccurrences(of: "http:", with: "\(example.scheme):")
        let start = Monotonic.nanoseconds()
        await #expect(throws: HTTPClientError.timedOut(example.expected)) {
            let response = try await client.send(ClientRequest(url: url, limits: example.limits))
            _ = try await response.body.collect(upTo: 1_000_000)
        }
        let milliseconds = (Monotonic.nanoseconds() - start) / 1_000_000
        // No upper end: a busy machine may come late, and the error's name says which limit it was.
        #expect(milliseconds >= Self.limit)
        try await closed.next()
    }

    @Test("A body that keeps moving may take longer than the idle limit")
    func slowButMoving() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n\r\n")
            for _ in 0..<12 {
                usleep(100_000)  // pause: a peer that is slow on purpose
                connection.write("x")
            }
        }
        defer { server.stop() }
        let limits = ClientLimits(idleMilliseconds: 1_000)
        let response = try await Fixtures.client().send(ClientRequest(url: server.url(), limits: limits))
        #expect(try await response.body.collect(upTo: 100).count == 12)
    }

    @Test("A reader that takes its time is not the connection's idleness")
    func slowReader() async throws {
        let total = 32 << 20
        let blocked = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let sent = connection.writeUntilBlocked([UInt8](repeating: 1, count: 65_536), quiet: 1_500, limit: total)
            blocked.send(())
            connection.write([UInt8](repeating: 1, count: total - sent))
            connection.awaitClose()
        }
        defer { server.stop() }
        let limits = ClientLimits(idleMilliseconds: 1_000)
        let response = try await Fixtures.client().send(ClientRequest(url: server.url(), limits: limits))
        // The server was blocked for longer than the idle limit when this comes.
        try await blocked.next()
        #expect(try await response.body.collect(upTo: total).count == total)
    }

    @Test("The limit for the first byte starts when the request's body is through")
    func slowUpload() async throws {
        let count = 8 << 20
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            for _ in 0..<8 {
                _ = connection.read(count / 8)
                usleep(250_000)  // pause: a peer that is slow on purpose
            }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(
            ClientRequest(
                method: .post, url: server.url(), body: [UInt8](repeating: 1, count: count),
                limits: ClientLimits(firstByteMilliseconds: 1_500)))
        #expect(response.status == 200)
    }
}

import Foundation
import HTTPClient
import HTTPTypes
import Synchronization
import Testing

@Suite("Connections are kept and used again")
struct ConnectionReuseTests {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func ask(_ client: HTTPClient, _ server: ScriptedServer, _ method: HTTPMethod = .get) async throws -> String
    {
        let body: [UInt8] = method == .post ? [1, 2, 3] : []
        let response = try await client.send(ClientRequest(method: method, url: server.url(), body: body))
        return String(decoding: try await response.body.collect(upTo: 100), as: UTF8.self)
    }

    @Test("Requests in a row share one connection")
    func shared() async throws {
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil { connection.write(Self.ok) }
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        for _ in 0..<20 { #expect(try await ask(client, server) == "ok") }
        #expect(server.accepted == 1)
    }

    @Test("Two clients share nothing")
    func clients() async throws {
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil { connection.write(Self.ok) }
        }
        defer { server.stop() }
        let first = try Fixtures.client(on: Fixtures.oneLoop)
        let second = try Fixtures.client(on: Fixtures.oneLoop)
        #expect(try await ask(first, server) == "ok")
        #expect(try await ask(second, server) == "ok")
        #expect(server.accepted == 2)
    }

    @Test(
        "The server's wish to close is obeyed", arguments: ["HTTP/1.1 200 OK\r\nConnection: close", "HTTP/1.0 200 OK"])
    func close(start: String) async throws {
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil { connection.write("\(start)\r\nContent-Length: 2\r\n\r\nok") }
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        for _ in 0..<3 { #expect(try await ask(client, server) == "ok") }
        #expect(server.accepted == 3)
    }

    @Test("A response that was broken off is no way to the next one")
    func abandoned() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write(connection.number == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nno" : Self.ok)
            connection.awaitClose()
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        _ = try await client.send(ClientRequest(url: server.url()))
        #expect(try await ask(client, server) == "ok")
    }

    @Test(
        "A connection that the server closed or reset while it was idle is not used",
        arguments: [HTTPMethod.get, .post], [false, true])
    func closedWhileIdle(method: HTTPMethod, isReset: Bool) async throws {
        let go = Signal<Void>()
        let closed = Signal<Void>()
        let requests = Counter()
        let server = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            requests.add()
            if method == .post { _ = connection.read(3) }
            connection.write(Self.ok)
            go.wait()
            if isReset { connection.reset() } else { connection.close() }
            closed.send(())
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        for round in 1...3 {
            #expect(try await ask(client, server, method) == "ok")
            go.send(())
            try await closed.next()
            #expect(requests.value == round)
            #expect(server.accepted == round)
        }
    }

    @Test("Bytes that nobody asked for are no answer to the next request")
    func poison() async throws {
        let go = Signal<Void>()
        let written = Signal<Void>()
        let server = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write(Self.ok)
            if connection.number == 0 {
                go.wait()
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
                written.send(())
            }
            connection.awaitClose()
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        #expect(try await ask(client, server) == "ok")
        go.send(())
        try await written.next()
        #expect(try await ask(client, server) == "ok")
        #expect(server.accepted == 2)
    }

    @Test("Bytes after the response's end do not reach the next one")
    func excess() async throws {
        let server = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            connection.write(Self.ok + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
            connection.awaitClose()
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        for _ in 0..<3 { #expect(try await ask(client, server) == "ok") }
    }

    struct Repeat: CustomTestStringConvertible {
        let method: HTTPMethod
        let requests: Int
        var testDescription: String { method.rawValue }
    }

    @Test(
        "When a kept connection dies under a request, only an idempotent one is sent again",
        arguments: [
            Repeat(method: .get, requests: 3), Repeat(method: .put, requests: 3), Repeat(method: .post, requests: 2),
            Repeat(method: .patch, requests: 2),
        ])
    func diesUnderRequest(_ example: Repeat) async throws {
        let requests = Counter()
        let server = try ScriptedServer { connection in
            guard connection.readHead() != nil else { return }
            requests.add()
            connection.write(Self.ok)
            // The second request on the first connection is read and not answered.
            guard connection.readHead() != nil else { return }
            requests.add()
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop)
        #expect(try await ask(client, server, example.method) == "ok")
        if example.requests == 3 {
            #expect(try await ask(client, server, example.method) == "ok")
        } else {
            await #expect(throws: HTTPClientError.cut) { try await ask(client, server, example.method) }
        }
        await client.close()
        #expect(requests.value == example.requests)
    }

    @Test("Idle connections above the limit are closed")
    func idleLimit() async throws {
        let go = Signal<Void>()
        let closed = Signal<Void>()
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                go.wait()
                connection.write("ok")
            }
            closed.send(())
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop, connections: ConnectionLimits(idle: 1))
        let first = try await client.send(ClientRequest(url: server.url()))
        let second = try await client.send(ClientRequest(url: server.url()))
        go.send(())
        go.send(())
        _ = try await first.body.collect(upTo: 2)
        _ = try await second.body.collect(upTo: 2)
        try await closed.next()
        go.send(())
        #expect(try await ask(client, server) == "ok")
        #expect(server.accepted == 2, "the other connection was kept")
    }

    @Test("A request beyond the open connections waits for one, within its connect limit")
    func openLimit() async throws {
        let go = Signal<Void>()
        let server = try ScriptedServer { connection in
            while let head = connection.readHead() {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
                if head.hasPrefix("GET /slow") { go.wait() }
                connection.write("ok")
            }
        }
        defer { server.stop() }
        let client = try Fixtures.client(on: Fixtures.oneLoop, connections: ConnectionLimits(open: 1))
        let slow = try await client.send(ClientRequest(url: server.url("/slow")))
        await #expect(throws: HTTPClientError.timedOut(.connect)) {
            try await client.send(
                ClientRequest(url: server.url(), limits: ClientLimits(connectMilliseconds: 100)))
        }
        async let waiting = ask(client, server)
        go.send(())
        #expect(try await slow.body.collect(upTo: 2) == Array("ok".utf8))
        #expect(try await waiting == "ok")
        #expect(server.accepted == 1)
    }

    @Test("A client that goes closes its idle connections")
    func clientGone() async throws {
        let closed = Signal<Void>()
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil { connection.write(Self.ok) }
            closed.send(())
        }
        defer { server.stop() }
        #expect(try await ask(Fixtures.client(), server) == "ok")
        try await closed.next()
    }
}

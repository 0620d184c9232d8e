import EventLoops
import HTTPClient
import HTTPTypes
import Testing

@Suite("A streamed response")
struct StreamingTests {
    @Test("The head is there before the body")
    func headFirst() async throws {
        let go = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            go.wait()
            connection.write("3\r\nabc\r\n0\r\n\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        #expect(response.status == 200)
        go.send(())
        #expect(try await response.body.collect(upTo: 3) == Array("abc".utf8))
    }

    @Test("Each chunk is there before the next is sent, and trailers are no part of it")
    func chunks() async throws {
        let taken = Signal<Void>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for piece in ["a", "bc", "def"] {
                connection.write("\(piece.utf8.count);x=y\r\n\(piece)\r\n")
                taken.wait()
            }
            connection.write("0\r\nX-Trailer: 1\r\n\r\n")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        var pieces: [String] = []
        for try await piece in response.body {
            pieces.append(String(decoding: piece, as: UTF8.self))
            taken.send(())
        }
        #expect(pieces == ["a", "bc", "def"])
        #expect(response.fields["x-trailer"] == nil)
    }

    @Test("A body without length ends with its connection")
    func untilClose() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\n\r\nto the end")
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        #expect(try await response.body.collect(upTo: 100) == Array("to the end".utf8))
    }

    @Test("A reader that does not read stops the server after a bounded amount, and gets all of it later")
    func backPressure() async throws {
        let total = 64 << 20
        let blocked = Signal<Int>()
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 65_536)
            let sent = connection.writeUntilBlocked(piece, quiet: 200, limit: total)
            blocked.send(sent)
            for _ in 0..<(total - sent) / piece.count { connection.write(piece) }
            connection.write([UInt8](repeating: 7, count: (total - sent) % piece.count))
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        // What the kernel holds for both sides comes on top of the client's own 256 KiB.
        #expect(try await blocked.next() < 16 << 20)
        var count = 0
        for try await piece in response.body {
            #expect(piece.count <= 16_384)
            count += piece.count
        }
        #expect(count == total)
    }

    @Test("On a loop, the response is read on the caller's own loop")
    func ownLoop() async throws {
        let server = try ScriptedServer { connection in
            while connection.readHead() != nil {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let group = try #require(Fixtures.group)
        for loop in group.loops {
            let result = Signal<Result<[Bool], any Error>>()
            loop.task {
                do {
                    let response = try await client.send(ClientRequest(url: server.url()))
                    let wasHome = loop.inLoop
                    let body = try await response.body.collect(upTo: 2)
                    result.send(.success([wasHome, loop.inLoop, body.count == 2]))
                } catch {
                    result.send(.failure(error))
                }
            }
            #expect(try await result.next().get() == [true, true, true])
        }
        #expect(server.accepted == group.loops.count, "one pool a loop")
    }

    @Test("Sixty-four requests at once all get their own answer")
    func parallel() async throws {
        let server = try ScriptedServer { connection in
            while let head = connection.readHead() {
                let path = head.split(separator: " ")[1]
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)")
            }
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 0..<64 {
                group.addTask {
                    let response = try await client.send(ClientRequest(url: server.url("/\(number)")))
                    return (number, String(decoding: try await response.body.collect(upTo: 10), as: UTF8.self))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(answers.count == 64)
        #expect(answers.allSatisfy { $0.value == "/\($0.key)" })
    }

    @Test("A second reader of a body gets nothing")
    func secondReader() async throws {
        let server = try ScriptedServer { connection in
            _ = connection.readHead()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            connection.awaitClose()
        }
        defer { server.stop() }
        let response = try await Fixtures.client().send(ClientRequest(url: server.url()))
        let first = response.body.makeAsyncIterator()
        let second = response.body.makeAsyncIterator()
        await #expect(throws: HTTPClientError.cancelled) { try await second.next() }
        #expect(try await first.next() == Array("ok".utf8))
    }
}

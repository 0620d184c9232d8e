import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("The memory budget")
struct MemoryBudgetTests {
    private static func post(_ count: Int) -> [UInt8] {
        Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n".utf8)
            + [UInt8](repeating: 0x61, count: count)
    }

    @Test("is 256 MiB for bodies and 256 MiB for answers")
    func defaults() {
        #expect(ServerLimits().bufferedBodyBytes == 256 << 20)
        #expect(ServerLimits().unsentBytes == 256 << 20)
    }

    @Test("has room for what fits, to the byte")
    func room() {
        let counter = ByteCounter(limit: 100)
        counter.add(60)
        #expect(counter.hasRoom(for: 39) && counter.hasRoom(for: 40) && !counter.hasRoom(for: 41))
        counter.add(41)
        #expect(!counter.hasRoom(for: 0))
        counter.add(-101)
        #expect(counter.used == 0)
    }

    @Test("refuses long bodies with 503 once bodies fill it, takes short ones, and all again when those are dropped")
    func bodies() async throws {
        let (arrived, release) = (Reports<Void>(), Reports<Void>())
        let handler = TestHandler { request in
            if request.body.count == 90_000 {
                arrived.report(())
                _ = await release.next()
            }
            return .text("\(request.body.count)")
        }
        try await withServer(handler, loops: 2, limits: { $0.bufferedBodyBytes = 100_000 }) { server in
            let holder = try RawClient(port: server.port)
            try holder.send(MemoryBudgetTests.post(90_000))
            _ = await arrived.next()
            #expect((90_000...100_000).contains(server.statistics.bufferedBodyBytes))

            let chunk = "5000\r\n" + String(repeating: "x", count: 0x5000) + "\r\n0\r\n\r\n"
            for long in [
                MemoryBudgetTests.post(16_385),
                Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n".utf8),
                Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)".utf8),
            ] {
                let client = try RawClient(port: server.port)
                try client.send(long)
                let answer = try client.answer()
                #expect(answer.status == 503)
                #expect(answer.fields["Retry-After"] == "5")
                #expect(answer.fields["Connection"] == "close")
            }
            #expect(server.statistics.refusals == [503: 3])
            let short = try RawClient(port: server.port)
            try short.send(MemoryBudgetTests.post(16_384))
            #expect(try short.answer().text == "16384")

            release.report(())
            #expect(try holder.answer().text == "90000")
            await eventually { server.statistics.bufferedBodyBytes == 0 }
            try short.send(MemoryBudgetTests.post(60_000))
            #expect(try short.answer().text == "60000")
        }
    }

    @Test("gives back what a body held whose client left in its midst")
    func abandonedBody() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            try client.send([UInt8](repeating: 1, count: 50_000))
            await eventually { server.statistics.bufferedBodyBytes >= 50_000 }
            client.reset()
            await eventually { server.statistics.bufferedBodyBytes == 0 }
        }
    }

    @Test("turns long answers into 503 once unread ones fill it, and sends them again when those are gone")
    func answers() async throws {
        let long = 16 << 20
        let handler = TestHandler { request in
            request.path == "/short"
                ? .text("short") : Response(200, content: .bytes([UInt8](repeating: 1, count: long)))
        }
        try await withServer(handler, loops: 2, limits: { $0.unsentBytes = 20 << 20 }) { server in
            let holder = try RawClient(port: server.port, receiveBuffer: 65_536)
            try holder.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            await eventually { server.statistics.unsentBytes > 4 << 20 }

            let client = try RawClient(port: server.port)
            try client.send("GET /short HTTP/1.1\r\nHost: a\r\n\r\nGET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "short")
            let refused = try client.answer()
            #expect(refused.status == 503)
            #expect(refused.fields["Retry-After"] == "5")
            #expect(try client.isAtEnd())
            #expect(server.statistics.refusals == [503: 1])

            holder.reset()
            await eventually { server.statistics.unsentBytes == 0 }
            let next = try RawClient(port: server.port)
            try next.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try next.answer().body.count == long)
        }
    }
}

import EventLoops
import Glibc
import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

/// The limits' real values are long; the tests run with short ones, and with the real ones where nothing may happen.
@Suite("Time limits", .serialized)
struct TimeLimitTests {
    private static let halfHead = "GET / HTTP/1.1\r\nHost: a\r\nX: "
    private static let halfBody = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf"
    private static let halfChunk = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"

    @Test("have the defaults that were promised")
    func defaults() {
        let limits = ServerLimits()
        #expect(limits.headMilliseconds == 10_000)
        #expect(limits.bodyPeriodMilliseconds == 10_000)
        #expect(limits.bodyMilliseconds == 60_000)
        #expect(limits.bodyBytesInFirstPeriod == 512 && limits.bodyBytesPerPeriod == 8_192)
        #expect(limits.idleMilliseconds == 60_000)
        #expect(limits.writeStallMilliseconds == 30_000)
        #expect(limits.keepAliveMilliseconds == 15_000)
        #expect(limits.highWater == 65_536 && limits.lowWater == 16_384)
    }

    @Test("end a connection that sends nothing, without a word")
    func nothing() async throws {
        try await withServer(limits: { $0.headMilliseconds = 30 }) { server in
            let client = try RawClient(port: server.port)
            #expect(try client.isAtEnd())
            #expect(server.statistics.refusals.isEmpty)
        }
    }

    @Test("answer half a head with 408")
    func halfHead() async throws {
        try await withServer(limits: { $0.headMilliseconds = 30 }) { server in
            let start = Monotonic.nanoseconds()
            let client = try RawClient(port: server.port)
            try client.send(TimeLimitTests.halfHead)
            #expect(try client.answer().status == 408)
            #expect(Monotonic.nanoseconds() - start >= 30_000_000)
            #expect(try client.isAtEnd())
            #expect(server.statistics.refusals == [408: 1])
        }
    }

    @Test("count a head's time in total: dripping does not renew it", arguments: [false, true])
    func drippedHead(isSecond: Bool) async throws {
        try await withServer(limits: { $0.headMilliseconds = 100 }) { server in
            var start = Monotonic.nanoseconds()
            let client = try RawClient(port: server.port)
            if isSecond {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().status == 200)
                start = Monotonic.nanoseconds()
            }
            try client.send(TimeLimitTests.halfHead)
            var drips = 0
            while !client.hasInput(withinMilliseconds: 10) {
                try client.send("x")
                drips += 1
                try #require(drips < 500)
            }
            #expect(try client.answer().status == 408)
            #expect(drips >= 1)
            #expect(Monotonic.nanoseconds() - start >= 100_000_000)
        }
    }

    @Test("answer half a body with 408, and close")
    func halfBody() async throws {
        try await withServer(limits: { $0.bodyPeriodMilliseconds = 30 }) { server in
            for text in [TimeLimitTests.halfBody, TimeLimitTests.halfChunk] {
                let client = try RawClient(port: server.port)
                try client.send(text)
                #expect(try client.answer().status == 408)
                #expect(try client.isAtEnd())
            }
        }
    }

    @Test("answer a body that drips below the minimum rate with 408, and let a slow one pass that keeps it")
    func bodyRate() async throws {
        func limits(_ limits: inout ServerLimits) {
            limits.bodyPeriodMilliseconds = 400
            limits.bodyBytesPerPeriod = 100
        }
        try await withServer(limits: limits) { server in
            let dripping = try RawClient(port: server.port)
            try dripping.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000\r\n\r\n")
            while !dripping.hasInput(withinMilliseconds: 10) { try dripping.send("x") }
            #expect(try dripping.answer().status == 408)

            let slow = try RawClient(port: server.port)
            try slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n")
            for _ in 0..<30 {
                #expect(!slow.hasInput(withinMilliseconds: 20))
                try slow.send([UInt8](repeating: 0x61, count: 100))
            }
            #expect(try slow.answer().status == 200)
        }
    }

    @Test("let a body be slow in its first ten seconds, less so after them, and bound it to a minute in all")
    func bodyRateRule() {
        let limits = ServerLimits()
        let start: UInt64 = 1_000_000_000
        func seconds(_ count: UInt64) -> UInt64 { start + count * 1_000_000_000 }
        for (first, isEnough) in [(511, false), (512, true), (513, true)] {
            var rate = BodyRate()
            #expect(rate.begin(at: start, limits) == 10_000)
            rate.count(first)
            #expect((rate.judge(at: seconds(10), limits) == .next(10_000)) == isEnough)
        }
        for (further, isEnough) in [(8_191, false), (8_192, true), (8_193, true)] {
            var rate = BodyRate()
            _ = rate.begin(at: start, limits)
            rate.count(1_000_000)
            _ = rate.judge(at: seconds(10), limits)
            rate.count(further)
            #expect((rate.judge(at: seconds(20), limits) == .next(10_000)) == isEnough)
        }
        var steady = BodyRate()
        _ = steady.begin(at: start, limits)
        for (second, verdict) in [
            (52, BodyRate.Verdict.next(8_000)), (59, .next(1_000)), (60, .tooSlow), (61, .tooSlow),
        ] as [(UInt64, BodyRate.Verdict)] {
            steady.count(1_000_000)
            #expect(steady.judge(at: seconds(second), limits) == verdict)
        }
    }

    @Test("end a body that keeps its rate but never ends")
    func bodyInAll() async throws {
        func limits(_ limits: inout ServerLimits) {
            limits.bodyPeriodMilliseconds = 50
            limits.bodyBytesInFirstPeriod = 0
            limits.bodyBytesPerPeriod = 0
            limits.bodyMilliseconds = 120
        }
        try await withServer(limits: limits) { server in
            let start = Monotonic.nanoseconds()
            let client = try RawClient(port: server.port)
            try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")
            while !client.hasInput(withinMilliseconds: 5) { try client.send("x") }
            #expect(try client.answer().status == 408)
            #expect(Monotonic.nanoseconds() - start >= 120_000_000)
        }
    }

    @Test("close an idle connection without a word, and renew with each request")
    func idle() async throws {
        try await withServer(limits: { $0.idleMilliseconds = 400 }) { server in
            let client = try RawClient(port: server.port)
            let start = Monotonic.nanoseconds()
            for _ in 0..<6 {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.answer().status == 200)
                #expect(!client.hasInput(withinMilliseconds: 100))
            }
            #expect(try client.isAtEnd())
            #expect(Monotonic.nanoseconds() - start >= 500_000_000 + 400_000_000)
            #expect(server.statistics.refusals.isEmpty)
        }
    }

    @Test("do not count while a handler works")
    func slowHandler() async throws {
        let handler = TestHandler { _ in
            try? await Task.sleep(nanoseconds: 60_000_000)  // pause: a peer that is slow on purpose
            return .text("at last")
        }
        func limits(_ limits: inout ServerLimits) {
            limits.headMilliseconds = 10
            limits.bodyPeriodMilliseconds = 10
            limits.idleMilliseconds = 10
            limits.writeStallMilliseconds = 10
        }
        try await withServer(handler, limits: limits) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.answer().text == "at last")
        }
    }

    @Test("cut a peer that stops reading, whole answers and streams alike", arguments: ["/", "/stream"])
    func writeStall(path: String) async throws {
        let ended = Reports<Void>()
        let handler = TestHandler { request in
            if request.path == "/" { return Response(200, content: .bytes([UInt8](repeating: 1, count: 16 << 20))) }
            return Response(
                200,
                content: .events { writer in
                    defer { ended.report(()) }
                    while true { try await writer.send(ServerSentEvent(data: String(repeating: "x", count: 9_000))) }
                })
        }
        try await withServer(handler, limits: { $0.writeStallMilliseconds = 50 }) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            try client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            if path == "/stream" { _ = await ended.next() }
            await eventually { server.statistics.accepted == 1 && server.statistics.openConnections == 0 }
        }
    }

    @Test("let a slow reader be as slow as it likes while it makes progress")
    func slowReader() async throws {
        let body = [UInt8](repeating: 1, count: 12 << 20)
        let handler = TestHandler { _ in Response(200, content: .bytes(body)) }
        try await withServer(handler, limits: { $0.writeStallMilliseconds = 800 }) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try client.readHead()
            let start = Monotonic.nanoseconds()
            var received = client.takeBuffered().count
            var pauses = 0
            while received < body.count {
                let count = try client.receive().count
                try #require(count > 0)
                received += count
                if received > (pauses + 1) << 20 {
                    pauses += 1
                    usleep(100_000)  // pause: a peer that is slow on purpose
                }
            }
            #expect(received == body.count)
            #expect(Monotonic.nanoseconds() - start > 800_000_000)
        }
    }

    @Test("cut a refused peer that neither reads on nor closes", arguments: [false, true])
    func linger(isFlooding: Bool) async throws {
        func limits(_ limits: inout ServerLimits) {
            limits.lingerMilliseconds = isFlooding ? 60_000 : 30
            limits.lingerBytes = 100_000
        }
        try await withServer(limits: limits) { server in
            let client = try RawClient(port: server.port)
            try client.send("BAD\r\n\r\n")
            #expect(try client.answer().status == 400)
            #expect(try client.isAtEnd())
            if isFlooding {
                #expect(throws: RawClient.Failure.self) {
                    for _ in 0..<10_000 { try client.send([UInt8](repeating: 1, count: 10_000)) }
                }
            }
            await eventually { server.statistics.openConnections == 0 }
        }
    }
}

extension RawClient {
    /// Whether there is something to read, or the end, now or soon.
    func hasInput(withinMilliseconds milliseconds: CInt) -> Bool {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, milliseconds) > 0
    }
}

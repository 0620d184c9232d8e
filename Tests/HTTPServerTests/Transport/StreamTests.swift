import EventLoops
import Glibc
import HTTPTypes
import Primitives
import Synchronization
import Testing

@testable import HTTPServer

@Suite("A streamed answer", .serialized)
struct StreamTests {
    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func streaming(_ produce: @escaping @Sendable (BodyWriter) async throws -> Void) -> TestHandler {
        TestHandler { _ in Response(200, content: .stream(contentType: "text/plain", produce)) }
    }

    private static func events(_ produce: @escaping @Sendable (EventWriter) async throws -> Void) -> TestHandler {
        TestHandler { _ in Response(200, fields: ["X-Own": "1"], content: .events(produce)) }
    }

    @Test("sends each event at once, with line feeds only, and says what it is")
    func eventStream() async throws {
        let gate = Gate()
        let handler = StreamTests.events { writer in
            try await writer.send(ServerSentEvent(event: "text", data: "one\ntwo", id: "7"))
            await gate.wait()
            try await writer.send(ServerSentEvent(data: ""))
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            let head = try client.readHead()
            #expect(head.status == 200)
            #expect(head.fields["Content-Type"] == "text/event-stream")
            #expect(head.fields["Cache-Control"] == "no-store")
            #expect(head.fields["X-Accel-Buffering"] == "no")
            #expect(head.fields["X-Own"] == "1")
            #expect(try client.readChunk() == Array("event: text\nid: 7\ndata: one\ndata: two\n\n".utf8))
            #expect(server.statistics.openStreams == 1)
            gate.open()
            #expect(try client.readChunk() == Array("data: \n\n".utf8))
            #expect(try client.readChunk() == [])
            // The connection goes on.
            gate.open()
            try client.send(StreamTests.request)
            #expect(try client.answer().isWhole)
            await eventually { server.statistics.openStreams == 0 }
        }
    }

    @Test("keeps a silent event stream alive with comments, and only an event stream")
    func keepAlive() async throws {
        let gate = Gate()
        let handler = StreamTests.events { writer in
            await gate.wait()
            try await writer.send(ServerSentEvent(data: "late"))
        }
        try await withServer(handler, limits: { $0.keepAliveMilliseconds = 5 }) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            _ = try client.readHead()
            for _ in 0..<3 { #expect(try client.readChunk() == Array(": keep-alive\n\n".utf8)) }
            gate.open()
            while let chunk = try client.readChunk(), !chunk.isEmpty {
                #expect([": keep-alive\n\n", "data: late\n\n"].contains(String(decoding: chunk, as: UTF8.self)))
            }
        }
        let silent = StreamTests.streaming { writer in
            try await Task.sleep(nanoseconds: 30_000_000)  // pause: a peer that is slow on purpose
            try await writer.write(Array("only".utf8))
        }
        try await withServer(silent, limits: { $0.keepAliveMilliseconds = 5 }) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            #expect(try client.answer().text == "only")
        }
    }

    enum Leaving: CaseIterable { case close, halfClose, reset }

    @Test("whose client leaves in silence is cancelled within 100 ms", arguments: Leaving.allCases)
    func leaving(_ way: Leaving) async throws {
        let started = Reports<Void>()
        let cancelled = Reports<UInt64>()
        let handler = StreamTests.events { writer in
            started.report(())
            while !Task.isCancelled { try? await Task.sleep(nanoseconds: 3_600_000_000_000) }  // pause: slow
            cancelled.report(Monotonic.nanoseconds())
            await #expect(throws: CancellationError.self) { try await writer.send(ServerSentEvent(data: "x")) }
        }
        try await withServer(handler) { server in
            var client: RawClient? = try RawClient(port: server.port)
            try client?.send(StreamTests.request)
            _ = try client?.readHead()
            _ = await started.next()
            let left = Monotonic.nanoseconds()
            switch way {
            case .close: client = nil
            case .halfClose: client?.halfClose()
            case .reset: client?.reset()
            }
            let seen = try #require(await cancelled.next())
            #expect(seen - left < 100_000_000)
            await eventually { server.statistics.openConnections == 0 && server.statistics.openStreams == 0 }
        }
    }

    @Test("is not cancelled because its client pipelines, and the next request is answered after it")
    func pipelinedBehindStream() async throws {
        let gate = Gate()
        let handler = TestHandler { request in
            guard request.path == "/stream" else { return .text(request.path) }
            return Response(
                200,
                content: .events { writer in
                    await gate.wait()
                    #expect(!Task.isCancelled)
                    try await writer.send(ServerSentEvent(data: "still here"))
                })
        }
        for halfCloses in [false, true] {
            try await withServer(handler) { server in
                let client = try RawClient(port: server.port)
                try client.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n")
                _ = try client.readHead()
                try client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                if halfCloses { client.halfClose() }
                // Comes back over the same loop: by then it has seen the pipelined bytes.
                let other = try RawClient(port: server.port)
                try other.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try other.answer().text == "/other")
                gate.open()
                #expect(try client.readChunk() == Array("data: still here\n\n".utf8))
                #expect(try client.readChunk() == [])
                #expect(try client.answer().text == "/next")
                if halfCloses { #expect(try client.isAtEnd()) }
            }
        }
    }

    @Test("costs no turn of the loop while its client, which has ended its side, waits")
    func quietAfterHalfClose() async throws {
        let turns = TurnCounter()
        let gate = Gate()
        let handler = TestHandler { request in
            if request.path == "/slow" { await gate.wait() }
            return .text(request.path)
        }
        try await withServer(handler, observer: turns) { server in
            let client = try RawClient(port: server.port)
            try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
            client.halfClose()
            await eventually { server.statistics.requests == 1 }
            try await Task.sleep(nanoseconds: 50_000_000)  // pause: a peer that is slow on purpose
            // A level-triggered report that nobody takes back comes thousands of times in that while.
            #expect(turns.count.load(ordering: .relaxed) < 50)
            gate.open()
            #expect(try client.answer().text == "/slow")
            #expect(try client.answer().text == "/next")
            #expect(try client.isAtEnd())
        }
    }

    @Test("suspends its producer while the reader is slow, and loses nothing")
    func backPressure() async throws {
        let pieces = 64
        let produced = Atomic<Int>(0)
        let handler = StreamTests.streaming { writer in
            for number in 0..<pieces {
                try await writer.write([UInt8](repeating: UInt8(number), count: 1 << 20))
                produced.wrappingAdd(1, ordering: .relaxed)
            }
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 65_536)
            try client.send(StreamTests.request)
            _ = try client.readHead()
            var last = -1
            var unchanged = 0
            while unchanged < 25 {
                let now = produced.load(ordering: .relaxed)
                unchanged = now == last ? unchanged + 1 : 0
                last = now
                try await Task.sleep(nanoseconds: 2_000_000)  // pause: a peer that is slow on purpose
            }
            // What has left is in the kernel's buffers, at most 4 MiB to send and little to receive.
            #expect(last < 8)
            for number in 0..<pieces {
                #expect(try client.readChunk() == [UInt8](repeating: UInt8(number), count: 1 << 20))
            }
            #expect(try client.readChunk() == [])
        }
    }

    @Test("wakes a suspended producer when its client leaves, or its task is cancelled")
    func suspendedProducer() async throws {
        let outcomes = Reports<Bool>()
        let suspended = Reports<Task<Void, any Error>>()
        let handler = StreamTests.streaming { writer in
            let child = Task { while true { try await writer.write([UInt8](repeating: 1, count: 1 << 20)) } }
            suspended.report(child)
            outcomes.report(await child.result.isCancelled)
        }
        try await withServer(handler) { server in
            var client: RawClient? = try RawClient(port: server.port)
            try client?.send(StreamTests.request)
            _ = try client?.readHead()
            _ = await suspended.next()
            client = nil
            #expect(await outcomes.next() == true)

            let staying = try RawClient(port: server.port)
            try staying.send(StreamTests.request)
            _ = try staying.readHead()
            await suspended.next()?.cancel()
            #expect(await outcomes.next() == true)
        }
    }

    @Test("that fails ends without its last chunk, so that the client sees it is not whole")
    func failure() async throws {
        struct Fault: Error {}
        let handler = StreamTests.streaming { writer in
            try await writer.write(Array("half".utf8))
            throw Fault()
        }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            let answer = try client.answer()
            #expect(answer.text == "half")
            #expect(!answer.isWhole)
            #expect(try client.isAtEnd())

            let old = try RawClient(port: server.port)
            try old.send("GET / HTTP/1.0\r\n\r\n")
            _ = try old.readHead()
            #expect(throws: RawClient.Failure.self) {
                while try !old.receive().isEmpty {}
            }
        }
    }

    @Test("can be written from any task, and pieces stay whole")
    func otherTasks() async throws {
        let handler = StreamTests.streaming { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await Task.detached {
                            for _ in 0..<50 { try await writer.write([UInt8](repeating: UInt8(number), count: 999)) }
                        }.value
                    }
                }
                try await group.waitForAll()
            }
            try await writer.write([])
            try await writer.write([255])
        }
        try await withServer(handler, loops: 2) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            _ = try client.readHead()
            var counts = [Int](repeating: 0, count: 8)
            for _ in 0..<400 {
                let chunk = try #require(try client.readChunk())
                let number = try #require(chunk.first)
                #expect(chunk == [UInt8](repeating: number, count: 999))
                counts[Int(number)] += 1
            }
            #expect(counts == [Int](repeating: 50, count: 8))
            #expect(try client.readChunk() == [255])
            #expect(try client.readChunk() == [])
        }
    }

    @Test("cannot be written once it has ended")
    func escapedWriter() async throws {
        let escaped = Reports<EventWriter>()
        let handler = StreamTests.events { escaped.report($0) }
        try await withServer(handler) { server in
            let client = try RawClient(port: server.port)
            try client.send(StreamTests.request)
            #expect(try client.answer().isWhole)
            let writer = try #require(await escaped.next())
            await #expect(throws: CancellationError.self) { try await writer.send(ServerSentEvent(data: "late")) }
            try client.send(StreamTests.request)
            #expect(try client.answer().text == "")
        }
    }

    @Test("gives its memory back once a burst is sent")
    func outputMemory() {
        let counter = ByteCounter(limit: 1 << 20)
        var output = OutputBuffer(counter)
        let burst = [UInt8](repeating: 7, count: 100_000)
        burst.withUnsafeBytes { output.append($0) }
        output.drop(60_000)
        #expect(output.count == 40_000)
        #expect(counter.used == output.capacity)
        output.withBytes { #expect($0.count == 40_000 && $0.allSatisfy { $0 == 7 }) }
        output.drop(40_000)
        #expect(output.isEmpty)
        #expect(output.capacity <= ServerLimits.keptCapacity)
        output.removeAll()
        #expect(counter.used == 0)
    }
}

private final class TurnCounter: LagObserver {
    let count = Atomic<Int>(0)

    func loopWasBusy(_ loop: Int, nanoseconds: UInt64) {
        count.wrappingAdd(1, ordering: .relaxed)
    }
}

extension Result {
    var isCancelled: Bool {
        if case .failure(let error) = self { return error is CancellationError }
        return false
    }
}

import EventLoops
import HTTPTypes
import Testing

@testable import HTTPServer

@Suite("Request bytes", .serialized)
struct WipingTests {
    @Test("do not stay in the buffer that connections share, whole or in pieces, answered, refused or dropped")
    func sharedBuffer() async throws {
        try await withServer { server in
            let share = server.loops[0]
            for text in [
                "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: secret\r\nContent-Length: 6\r\n\r\nsecret",
                "GET / HTTP/1.1\r\nAuthorization: secret\n", "GET / HTTP/1.1\r\nAuthorization: secret\r\n\r\nsecret",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nAuthorization: secret\r\n\r\nGET",
            ] {
                let client = try RawClient(port: server.port)
                try client.send(text)
                _ = try client.answer()
                let isClean = await withCheckedContinuation { continuation in
                    share.loop.execute { continuation.resume(returning: share.readBuffer.allSatisfy { $0 == 0 }) }
                }
                #expect(isClean, "\(text)")
            }
        }
    }

    @Test("are wiped in place, and where an array grew out of its storage")
    func arrays() {
        var bytes: [UInt8] = Array("secret".utf8)
        bytes.wipe()
        #expect(bytes == [0, 0, 0, 0, 0, 0])
        var grown: [UInt8] = []
        for byte in UInt8.min...UInt8.max { grown.append(copying: [byte, byte].span) }
        #expect(grown == (UInt8.min...UInt8.max).flatMap { [$0, $0] })
    }

    @Test("gather into one body however they come, without room for what was only announced")
    func body() {
        for expected in [nil, 100_000, 1 << 40] {
            var buffer = BodyBuffer(ByteCounter(limit: 1 << 20))
            var all: [UInt8] = []
            for number in 0..<100 {
                let piece = [UInt8](repeating: UInt8(number), count: 1000)
                buffer.append(piece.span, expected: expected)
                all += piece
            }
            #expect(buffer.count == 100_000)
            #expect(buffer.capacity <= 200_000)
            if expected == 100_000 { #expect(buffer.capacity == 100_000) }
            let body = buffer.take()
            #expect(body.bytes == all)
            #expect(body.count == 100_000)
            #expect(body.withBytes { $0.count } == 100_000)
            #expect(buffer.count == 0)
            #expect(buffer.take() === RequestBytes.empty)
        }
    }
}

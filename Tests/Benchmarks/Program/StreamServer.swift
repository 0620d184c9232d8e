import EventLoops
import Glibc
import HTTPServer
import HTTPTypes
import Primitives
import Synchronization

/// The gateway's own transport with nothing behind it: it sends each client one event and then keeps the stream open.
/// When a client leaves, a line says when the stream's task knew of it.
struct StreamServer: RequestHandler {
    /// What one stream waits on until its client leaves.
    private final class Stay: Sendable {
        private let waiting = Mutex<(hasLeft: Bool, continuation: CheckedContinuation<Void, Never>?)>((false, nil))

        func wait() async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let hasLeft = waiting.withLock { waiting in
                        if !waiting.hasLeft { waiting.continuation = continuation }
                        return waiting.hasLeft
                    }
                    if hasLeft { continuation.resume() }
                }
            } onCancel: {
                let continuation = waiting.withLock { waiting in
                    waiting.hasLeft = true
                    return waiting.continuation
                }
                continuation?.resume()
            }
        }
    }

    /// Serves until its standard input ends.
    static func run(certificate: String?, key: String?) async throws {
        let group = try EventLoopGroup(count: 1, name: "streams")
        var configuration = ServerConfiguration()
        if let certificate, let key {
            configuration.tls = TLSConfiguration(certificateChain: .file(certificate), privateKey: .file(key))
        }
        let server = try await HTTPServer.start(configuration, on: group, handler: StreamServer())
        Output.say(["event": "ready", "port": .integer(Int64(server.port))])
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        try whenInputEnds { end.finish() }
        for await _ in ended {}
        await server.drain(withinMilliseconds: 0)
    }

    /// Calls `body` once standard input has ended, from a thread of its own.
    private static func whenInputEnds(_ body: @escaping @Sendable () -> Void) throws {
        let reader = try SystemThread.start(name: "input") {
            var byte: UInt8 = 0
            while read(0, &byte, 1) > 0 {}
            body()
        }
        reader.detach()
    }

    func admit(_ head: RequestHead) -> Admission { .accept(bodyLimit: 0) }

    func refuse(_ refusal: ProtocolRefusal) -> Response { Response(refusal.status) }

    func handle(_ request: Request) async -> Response {
        Response(
            200,
            content: .events { writer in
                try await writer.send(ServerSentEvent(data: "here"))
                await Stay().wait()
                Output.say(["event": "left", "nanoseconds": .integer(Int64(Monotonic.nanoseconds()))])
            })
    }
}

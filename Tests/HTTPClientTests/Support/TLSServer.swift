import Foundation
import Synchronization

/// Puts TLS before a `ScriptedServer`: a Python program takes TLS connections and passes their bytes on, so that the
/// peer's TLS is not ours.
struct TLSServer {
    let port: UInt16

    /// - Parameters:
    ///   - backend: where the bytes go.
    ///   - leaf: the certificate that the server shows.
    ///   - version: the only TLS version that it speaks, by Python's name, or nil for 1.2 and 1.3.
    ///   - cutsOff: whether it ends connections without TLS's own ending.
    init(
        _ backend: ScriptedServer, _ leaf: TestCertificates.Leaf = .good, version: String? = nil, cutsOff: Bool = false
    ) async throws {
        let certificates = try await TestCertificates.shared()
        let order = [
            "\(backend.port)", certificates.certificatePath(leaf.rawValue), certificates.keyPath(leaf.rawValue),
            version ?? "-", cutsOff ? "cut" : "-",
        ]
        port = try await Task(executorPreference: Fixtures.helper) {
            try TLSFront.shared.get().open(order.joined(separator: " "))
        }.value
    }

    /// "https://localhost:port/".
    func url(host: String = "localhost") -> String { "https://\(host):\(port)/" }
}

/// The program behind all `TLSServer`s. It ends with its input, also when the test program dies.
private final class TLSFront: Sendable {
    static let shared = Result { try TLSFront() }

    private let program: Mutex<(process: Process, orders: FileHandle, answers: FileHandle)>

    init() throws {
        let (process, output) = Program.make("python3", ["-u", "-W", "ignore", "-c", TLSFront.source])
        let input = Pipe()
        process.standardInput = input
        try process.run()
        program = Mutex((process, input.fileHandleForWriting, output.fileHandleForReading))
    }

    /// Opens one more server and returns its port.
    func open(_ order: String) throws -> UInt16 {
        try program.withLock { program in
            try program.orders.write(contentsOf: Data("\(order)\n".utf8))
            var answer = ""
            while !answer.hasSuffix("\n") {
                let more = program.answers.availableData
                guard !more.isEmpty else { throw Program.Failed(output: answer) }
                answer += String(decoding: more, as: UTF8.self)
            }
            guard let port = UInt16(answer.dropLast()) else { throw Program.Failed(output: answer) }
            return port
        }
    }

    private static let source = """
        import asyncio, os, ssl, sys, threading
        async def pump(reader, writer, cut):
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
            except (OSError, ssl.SSLError):
                pass
            if cut:
                writer.transport.abort()
            else:
                writer.close()
        async def open_server(backend, certificate, key, version, ending):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            if version != '-':
                context.set_ciphers('DEFAULT@SECLEVEL=0')
                context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
            async def serve(reader, writer):
                inner_reader, inner_writer = await asyncio.open_connection('127.0.0.1', int(backend))
                await asyncio.gather(pump(reader, inner_writer, False), pump(inner_reader, writer, ending == 'cut'))
            server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=context)
            print(server.sockets[0].getsockname()[1])
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda loop, context: None)
        threading.Thread(target=loop.run_forever, daemon=True).start()
        for order in sys.stdin:
            asyncio.run_coroutine_threadsafe(open_server(*order.split()), loop).result()
        """
}

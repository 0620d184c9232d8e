import Foundation

/// Puts TLS before a `ScriptedServer`: a Python program takes TLS connections and passes their bytes on, so that the
/// peer's TLS is not ours.
final class TLSServer: @unchecked Sendable {  // proof: constant after `init`; the process is only stopped by `deinit`
    let port: UInt16
    private let process: Process
    private let input = Pipe()

    /// - Parameters:
    ///   - backend: where the bytes go.
    ///   - leaf: the certificate that the server shows.
    ///   - version: the only TLS version that it speaks, or nil for 1.2 and 1.3.
    ///   - cutsOff: whether it ends connections without TLS's own ending.
    init(
        _ backend: ScriptedServer, _ leaf: TestCertificates.Leaf = .good, version: String? = nil, cutsOff: Bool = false
    ) throws {
        let certificates = try TestCertificates.shared.get()
        let arguments = [
            "\(backend.port)", certificates.certificatePath(leaf.rawValue), certificates.keyPath(leaf.rawValue),
            version ?? "", cutsOff ? "cut" : "",
        ]
        let output: Pipe
        (process, output) = Program.make("python3", ["-W", "ignore", "-c", TLSServer.program] + arguments)
        process.standardInput = input
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Program.Failed(output: line)
        }
        self.port = port
    }

    deinit {
        // The program ends with its input, also when the test program dies.
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// "https://localhost:port/".
    func url(host: String = "localhost") -> String { "https://\(host):\(port)/" }

    private static let program = """
        import asyncio, os, ssl, sys, threading
        backend, certificate, key, version, ending = int(sys.argv[1]), *sys.argv[2:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if version:
            context.set_ciphers('DEFAULT@SECLEVEL=0')
            context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
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
        async def serve(reader, writer):
            inner_reader, inner_writer = await asyncio.open_connection('127.0.0.1', backend)
            await asyncio.gather(pump(reader, inner_writer, False), pump(inner_reader, writer, ending == 'cut'))
        async def main():
            server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=context)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
        asyncio.run(main())
        """
}

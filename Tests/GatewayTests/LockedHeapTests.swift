import Cryptography
import EventLoops
import Foundation
import Glibc
import HTTPServer
import HTTPTypes
import Primitives
import Testing

@Suite("OpenSSL's locked heap")
struct LockedHeapTests {
    @Test("TLS connections are refused before it is full, at accept and in the handshake, and signatures go on")
    func refusal() async {
        await #expect(processExitsWith: .success) {
            try SecretArena.prepare(slots: 64, openSSLHeapBytes: HeapServer.heapBytes)
            let server = try await HeapServer()
            guard try server.isServed(), server.refusals == 0 else { exit(1) }
            // Accepted with plenty of room, silent until there is none.
            let silent = try server.connect()
            while server.openConnections == 0 { await Task.yield() }

            var keys: [ES256PrivateKey] = []
            while SecretArena.openSSLHeapUsed <= HeapServer.heapBytes / 10 * 7 { keys.append(.generate()) }
            _ = [UInt8(22)].withUnsafeBytes { send(silent, $0.baseAddress, 1, CInt(MSG_NOSIGNAL)) }
            while server.openConnections > 0 { await Task.yield() }
            guard server.refusals == 1 else { exit(2) }

            let before = SecretArena.openSSLHeapUsed
            for round in 0..<200 {
                close(try server.connect())
                let message = [UInt8(round)]
                let signature = keys[0].sign(message)
                guard keys[0].publicKey.isValid(signature: signature, over: message) else { exit(3) }
            }
            guard try !server.isServed() else { exit(4) }
            while server.refusals < 202 { await Task.yield() }
            guard SecretArena.openSSLHeapUsed <= before + 1_024 else { exit(5) }

            keys = []
            exit(try server.isServed() ? 0 : 6)
        }
    }

    @Test("A TLS key that is made inside lies in it, and leaves it with its last holder")
    func insideKey() async {
        await #expect(processExitsWith: .success) {
            try SecretArena.prepare(slots: 64, openSSLHeapBytes: HeapServer.heapBytes)
            // What OpenSSL sets up once is set up before anything is measured.
            _ = try TLSKey.generate().certificateRequest(for: .dns("localhost"))
            let before = SecretArena.openSSLHeapUsed
            do {
                let key = try TLSKey.generate()
                guard SecretArena.openSSLHeapUsed >= before + 32 else { exit(1) }
                _ = try key.selfSignedCertificate(for: .dns("localhost"), from: Timestamp(unixSeconds: 1_790_000_000))
            }
            exit(SecretArena.openSSLHeapUsed <= before ? 0 : 2)
        }
    }
}

/// A TLS server beside a small locked heap.
private struct HeapServer {
    static let heapBytes = 1 << 16

    private struct Handler: RequestHandler {
        func admit(_ head: RequestHead) -> Admission { .accept(bodyLimit: 0) }
        func handle(_ request: Request) async -> Response { Response(200) }
        func refuse(_ refusal: ProtocolRefusal) -> Response { Response(refusal.status) }
    }

    private let server: HTTPServer

    var openConnections: Int { server.statistics.openConnections }
    var refusals: Int { server.statistics.refusals[503] ?? 0 }

    init() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("heap-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/leaf.pem")
        _ = try HeapServer.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=a",
            "-keyout", key, "-out", certificate,
        ])
        var configuration = ServerConfiguration(
            tls: TLSConfiguration(certificateChain: .file(certificate), privateKey: .file(key)))
        configuration.limits.lockedHeapBytes = HeapServer.heapBytes
        server = try await HTTPServer.start(configuration, on: EventLoopGroup(count: 1), handler: Handler())
    }

    /// Whether someone else's TLS client gets an answer.
    func isServed() throws -> Bool {
        try HeapServer.openssl(
            ["s_client", "-ign_eof", "-connect", "127.0.0.1:\(server.port)"],
            input: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        ).contains("HTTP/1.1 200")
    }

    /// A TCP connection that says nothing.
    func connect() throws -> CInt {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(server.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw CocoaError(.fileReadUnknown) }
        return descriptor
    }

    private static func openssl(_ arguments: [String], input text: String = "") throws -> String {
        let (process, input, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self)
    }
}

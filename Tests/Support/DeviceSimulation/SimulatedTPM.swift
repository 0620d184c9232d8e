import CTSS
import Glibc

/// A TPM 2.0 without registers extended, as Debian's `swtpm` plays it, on ports of its own.
public final class SimulatedTPM: Sendable {
    /// It did not start.
    public struct Unwell: Error {}

    private static let program = "/usr/bin/swtpm"

    /// How the software stack reaches it.
    public let transport: String
    private let process: pid_t
    private let output: CInt
    private let scratch: Scratch

    /// Starts a fresh one, with seeds of its own.
    public init() throws {
        scratch = try Scratch()
        let port = try SimulatedTPM.freePorts()
        transport = "swtpm:host=127.0.0.1,port=\(port)"
        (process, output) = try Command.start(
            SimulatedTPM.program,
            [
                "socket", "--tpm2", "--tpmstate", "dir=\(scratch.path)", "--server",
                "type=tcp,port=\(port),bindaddr=127.0.0.1", "--ctrl", "type=tcp,port=\(port + 1),bindaddr=127.0.0.1",
                "--flags", "not-need-init,startup-clear",
            ], withErrors: true)
        var looks = 0
        while try !SimulatedTPM.answers(port + 1) {
            looks += 1
            guard looks < 1_000 else { throw Unwell() }
            usleep(5_000)  // pause: until it listens
        }
    }

    deinit {
        Glibc.kill(process, SIGTERM)
        Command.wait(for: process)
        close(output)
    }

    /// Extends a register of the SHA-256 bank with zeros: what a boot of other software does.
    public func extend(_ register: UInt32) throws {
        var transport: OpaquePointer?
        var context: OpaquePointer?
        guard Tss2_TctiLdr_Initialize(self.transport, &transport) == 0 else { throw Unwell() }
        defer { Tss2_TctiLdr_Finalize(&transport) }
        guard Esys_Initialize(&context, transport, nil) == 0 else { throw Unwell() }
        defer { Esys_Finalize(&context) }
        var values = TPML_DIGEST_VALUES()
        values.count = 1
        // SHA-256. The register's handle is its number; 0xFF is the empty password, 0xFFF no session.
        values.digests.0.hashAlg = 0x000B
        guard Esys_PCR_Extend(context, register, 0xFF, 0xFFF, 0xFFF, &values) == 0 else { throw Unwell() }
    }

    /// Two neighbouring ports that nobody has, below those that the kernel gives to clients: the program does not
    /// start on one where another program's connection only just ended.
    private static func freePorts() throws -> UInt16 {
        for _ in 0..<50 {
            let port = UInt16.random(in: 20_000..<32_000)
            if try !isTaken(port), try !isTaken(port + 1) { return port }
        }
        throw Unwell()
    }

    /// Whether somebody listens there. Asked of the kernel: a connection, even one that is closed at once, would take
    /// the only place that the program has.
    private static func answers(_ port: UInt16) throws -> Bool {
        try sockets(at: port).contains { $0 == "0A" }
    }

    /// Whether any socket is there, also one that only waits for its end.
    private static func isTaken(_ port: UInt16) throws -> Bool {
        try !sockets(at: port).isEmpty
    }

    /// The states of the sockets at a local port, as the kernel writes them.
    private static func sockets(at port: UInt16) throws -> [Substring] {
        let digits = String(port, radix: 16, uppercase: true)
        let place = ":" + String(repeating: "0", count: 4 - digits.count) + digits
        return String(decoding: try Scratch.read("/proc/net/tcp"), as: UTF8.self).split(separator: "\n").compactMap {
            line in
            let words = line.split(separator: " ")
            return words.count > 3 && words[1].hasSuffix(place) ? words[3] : nil
        }
    }
}

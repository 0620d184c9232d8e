import Foundation
import Glibc

@testable import HTTPServer

/// OpenSSL's own client as a child process: someone else's TLS on the other side.
final class TLSClient {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffered = Data()

    /// Connects; `arguments` go to `openssl s_client`.
    init(port: Int, _ arguments: [String] = ["-quiet"]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["s_client", "-connect", "127.0.0.1:\(port)"] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        leave()
    }

    func send(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Everything until the connection ends.
    func readToEnd() throws -> String {
        while let more = try output.fileHandleForReading.read(upToCount: 65_536), !more.isEmpty { buffered += more }
        process.waitUntilExit()
        return String(decoding: buffered, as: UTF8.self)
    }

    /// Reads until what came holds `text`; whether it ever did.
    func reads(_ text: String) throws -> Bool {
        while buffered.range(of: Data(text.utf8)) == nil {
            guard let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty else { return false }
            buffered += more
        }
        return true
    }

    /// Ends the client without another word from it. It inherits a signal mask that blocks SIGTERM.
    func leave() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }
}

/// A certificate made for one test run.
struct TestCertificate {
    let folder: URL
    var configuration: TLSConfiguration {
        TLSConfiguration(certificateChain: .file(path("chain.pem")), privateKey: .file(path("key.pem")))
    }

    /// A key, a certificate for it, and the authority that signed it.
    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try openssl(["req", "-x509"] + key + ["-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem"])
        try openssl(["req"] + key + ["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem"])
        try openssl([
            "x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "leaf.pem",
        ])
        let chain = try bytes("leaf.pem") + bytes("ca.pem")
        try Data(chain).write(to: folder.appendingPathComponent("chain.pem"))
    }

    func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appendingPathComponent(name)))
    }

    func openssl(_ arguments: [String]) throws {
        _ = try run(arguments)
    }

    /// What a command of OpenSSL prints.
    func output(_ arguments: [String]) throws -> String {
        String(decoding: try run(arguments), as: UTF8.self)
    }

    /// The hash of the public key in what `arguments` read, by OpenSSL's own commands, as hex.
    func spkiSHA256(_ arguments: [String]) throws -> String {
        try openssl(arguments + ["-noout", "-pubkey", "-out", "key-out.pem"])
        try openssl(["pkey", "-pubin", "-in", "key-out.pem", "-outform", "DER", "-out", "key-out.der"])
        return String(try output(["dgst", "-sha256", "-r", "key-out.der"]).prefix(64))
    }

    private func run(_ arguments: [String]) throws -> Data {
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return printed
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}

import DeviceSimulation
import AttestationFixtures
import Primitives

/// Judges certificates and signatures with the `openssl` program, which knows nothing of our own code.
struct OpenSSLJudge {
    private static let program = "/usr/bin/openssl"
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// What openssl prints about a file; `kind` is `x509` or `crl`.
    func text(_ kind: String, _ der: [UInt8]) throws -> String {
        let path = try scratch.write("printed.der", der)
        return try Command.run(Self.program, [kind, "-inform", "der", "-in", path, "-noout", "-text"]).output
    }

    /// Whether the chain holds at a moment.
    func accepts(vek: [UInt8], intermediate: [UInt8], root: [UInt8], at moment: Timestamp) throws -> Bool {
        let paths = try zip(["vek", "intermediate", "root"], [vek, intermediate, root]).map { try pem($0, $1) }
        let judged = try Command.run(
            Self.program,
            [
                "verify", "-attime", String(moment.unixSeconds), "-no-CApath", "-CAfile", paths[2], "-untrusted",
                paths[1], paths[0],
            ])
        return judged.status == 0
    }

    /// Whether the root signed a revocation list.
    func accepts(crl: [UInt8], root: [UInt8]) throws -> Bool {
        let list = try scratch.write("list.der", crl)
        let certificate = try pem("root", root)
        let judged = try Command.run(
            Self.program, ["crl", "-inform", "der", "-in", list, "-CAfile", certificate, "-noout"])
        return judged.output.contains("verify OK")
    }

    /// Whether the key of a certificate signed a report.
    func accepts(report: [UInt8], vek: [UInt8]) throws -> Bool {
        let certificate = try pem("vek", vek)
        let key = try Command.run(Self.program, ["x509", "-in", certificate, "-noout", "-pubkey"])
        let keyPath = try scratch.write("key.pem", Array(key.output.utf8))
        let body = try scratch.write("body.bin", Array(report[..<0x2A0]))
        let numbers = [report[0x2A0..<0x2E8], report[0x2E8..<0x330]].map { number -> [UInt8] in
            let digits = Array(number.reversed().drop { $0 == 0 })
            return DER.value(0x02, (digits.first.map { $0 >= 0x80 } ?? true ? [0] : []) + digits)
        }
        let signature = try scratch.write("signature.der", DER.sequence(numbers))
        let judged = try Command.run(
            Self.program, ["dgst", "-sha384", "-verify", keyPath, "-signature", signature, body])
        return judged.output.contains("Verified OK")
    }

    /// Writes a certificate in the form that all of openssl's commands read.
    private func pem(_ name: String, _ der: [UInt8]) throws -> String {
        let text = Base64.encode(der)
        let pem = "-----BEGIN CERTIFICATE-----\n\(text.wrapped(at: 64))-----END CERTIFICATE-----\n"
        return try scratch.write(name + ".pem", Array(pem.utf8))
    }
}

extension String {
    fileprivate func wrapped(at width: Int) -> String {
        let bytes = Array(utf8)
        return stride(from: 0, to: bytes.count, by: width)
            .map { String(decoding: bytes[$0..<min($0 + width, bytes.count)], as: UTF8.self) + "\n" }.joined()
    }
}

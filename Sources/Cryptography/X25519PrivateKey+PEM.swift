extension X25519PrivateKey {
    /// SEQUENCE { INTEGER 0, SEQUENCE { 1.3.101.110 }, OCTET STRING { OCTET STRING (32) } } up to the scalar.
    private static let prefix: [UInt8] = [
        0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x6E, 0x04, 0x22, 0x04, 0x20,
    ]
    private static let head = Array("-----BEGIN PRIVATE KEY-----\n".utf8)
    private static let foot = Array("\n-----END PRIVATE KEY-----\n".utf8)
    /// Base64 of 48 bytes: one line, no padding.
    private static let digits = 64

    /// Reads an unencrypted key as `openssl genpkey -algorithm x25519` writes it: one PEM block `PRIVATE KEY` that
    /// holds an X25519 key (RFC 8410 section 7, version 1). `pem` is the caller's to wipe.
    public init(pem: [UInt8]) throws(KeyFileError) {
        var der = try PEMBlock.body(of: pem, label: "PRIVATE KEY")
        defer { Wipe.bytes(&der) }
        guard der.starts(with: X25519PrivateKey.prefix) else { throw .otherKind }
        guard der.count == X25519PrivateKey.prefix.count + X25519PrivateKey.byteCount else { throw .malformed }
        do throws(SecretError) {
            self.init(
                scalar: try Secret(count: X25519PrivateKey.byteCount) { scalar in
                    der.withUnsafeBytes {
                        scalar.copyMemory(from: .init(rebasing: $0[X25519PrivateKey.prefix.count...]))
                    }
                })
        } catch {
            throw .memory(error)
        }
    }

    /// A fresh key and its PEM text, which `openssl pkey` reads. The text is a secret as the key is: it is for the one
    /// file that the key will live in.
    public static func generatePEM() throws(SecretError) -> (key: X25519PrivateKey, pem: Secret) {
        let scalar = try Secret(randomCount: byteCount)
        let der = try Secret(count: prefix.count + byteCount) { der in
            der.copyBytes(from: prefix)
            scalar.withBytes { UnsafeMutableRawBufferPointer(rebasing: der[prefix.count...]).copyMemory(from: $0) }
        }
        let pem = try Secret(count: head.count + digits + foot.count) { pem in
            pem.copyBytes(from: head)
            der.withBytes { writeDigits(of: $0, into: .init(rebasing: pem[head.count..<head.count + digits])) }
            UnsafeMutableRawBufferPointer(rebasing: pem[(head.count + digits)...]).copyBytes(from: foot)
        }
        return (X25519PrivateKey(scalar: scalar), pem)
    }

    /// Base64 (RFC 4648 section 4) of a multiple of three bytes, from locked memory into locked memory.
    private static func writeDigits(of bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) {
        for group in 0..<bytes.count / 3 {
            let word = (0..<3).reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[group * 3 + $1]) }
            for place in 0..<4 {
                text[group * 4 + place] = digit(of: UInt8(truncatingIfNeeded: word >> (18 - 6 * UInt32(place))) & 63)
            }
        }
    }

    private static func digit(of value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}

import Cryptography
import Primitives

/// Whoever signs PCR policies: a P-256 key that is kept offline. The sealed copy hangs on its name, so that its next
/// signature opens the copy for the next release (PolicyAuthorize, part 3 section 23.16).
public struct TPMAuthority: Hashable, Sendable {
    private static let prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]

    private let point: [UInt8]

    /// Reads a public key as `openssl pkey -pubout` writes it; nil unless it is one of P-256 (RFC 5480).
    public init?(pem: [UInt8]) {
        let lines = String(decoding: pem, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.count == 4, lines[0] == "-----BEGIN PUBLIC KEY-----", lines[3] == "-----END PUBLIC KEY-----",
            let der = Base64.decode(String(lines[1] + lines[2])), der.starts(with: TPMAuthority.prefix),
            der.count == TPMAuthority.prefix.count + 64
        else { return nil }
        point = Array(der.dropFirst(TPMAuthority.prefix.count))
        let jwk: JSON = [
            "kty": "EC", "crv": "P-256", "x": .string(Base64.encodeURL(Array(point.prefix(32)))),
            "y": .string(Base64.encodeURL(Array(point.suffix(32)))),
        ]
        guard (try? ES256PublicKey(jwk: jwk)) != nil else { return nil }
    }

    /// TPM2B_PUBLIC.
    var publicArea: [UInt8] {
        TPMBytes.sized { area in
            area.put(TPMBytes.Code.ecc)
            area.put(TPMBytes.Code.sha256)
            area.put(TPMBytes.Code.verificationKey)
            area.put(sized: [])
            for code in [TPMBytes.Code.null, TPMBytes.Code.null, TPMBytes.Code.p256, TPMBytes.Code.null] {
                area.put(code)
            }
            area.put(sized: Array(point.prefix(32)))
            area.put(sized: Array(point.suffix(32)))
        }
    }

    /// TPM2B_NAME's content: algorithm, then the hash of the public area.
    public var name: [UInt8] { [0x00, 0x0B] + SHA256.hash(Array(publicArea.dropFirst(2))) }

    /// The policy of what is sealed: whatever this authority signs.
    var policy: [UInt8] {
        var head = TPMBytes()
        head.put(TPMBytes.Code.policyAuthorize)
        // PolicyUpdate hashes twice; the second time over the reference, which is empty.
        return SHA256.hash(SHA256.hash([UInt8](repeating: 0, count: 32), head.bytes, name))
    }
}

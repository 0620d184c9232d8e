import COpenSSL

/// Keys and signatures as platforms outside of JOSE write them: SubjectPublicKeyInfo and ECDSA-Sig-Value.
extension ES256PublicKey {
    /// Bytes of an uncompressed point, 04 || x || y.
    public static let pointBytes = 65
    /// What stands before the point in every SubjectPublicKeyInfo of a key on P-256 (RFC 5480 section 2): there is one
    /// DER form with the named curve and an uncompressed point.
    private static let infoPrefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]

    /// The key of 04 || x || y; nil if that is not a point of the curve.
    public init?(point: [UInt8]) {
        guard point.count == ES256PublicKey.pointBytes, point[0] == 4 else { return nil }
        guard let key = sealgate_p256_public(point) else {
            forgetErrors()
            return nil
        }
        self.init(P256Key(owning: key, for: .verify))
    }

    /// The key of a SubjectPublicKeyInfo with the named curve and an uncompressed point; nil for any other.
    public init?(subjectPublicKeyInfo der: [UInt8]) {
        let prefix = ES256PublicKey.infoPrefix
        guard der.count == prefix.count + ES256PublicKey.pointBytes, der.starts(with: prefix) else { return nil }
        self.init(point: Array(der.dropFirst(prefix.count)))
    }

    /// 04 || x || y.
    public var point: [UInt8] { [4] + x + y }

    /// Whether `der` (ECDSA-Sig-Value, RFC 3279 section 2.2.3) is a signature over SHA-256 of `message`. Only the one
    /// DER spelling of a signature is taken, and s may be high.
    public func isValid(derSignature der: [UInt8], over message: [UInt8]) -> Bool {
        guard (8...Int(SEALGATE_P256_DER_BYTES)).contains(der.count) else { return false }
        var raw = [UInt8](repeating: 0, count: ES256PrivateKey.signatureBytes)
        guard sealgate_p256_signature_from_der(der, der.count, &raw) == 1 else {
            forgetErrors()
            return false
        }
        var again = [UInt8](repeating: 0, count: Int(SEALGATE_P256_DER_BYTES))
        let count = Int(sealgate_p256_signature_to_der(raw, &again))
        guard count == der.count, again.prefix(count).elementsEqual(der) else { return false }
        return isValid(signature: raw, over: message)
    }
}

import COpenSSL
public import Primitives

/// An RSA key that verifies RS256 signatures (RFC 7518 section 3.3): other people's tokens, never ours. Safe from any
/// thread.
public struct RS256PublicKey: Sendable {
    /// The lengths of modulus that are taken, in bits: below it is weak, above it only slow.
    static let bits = 2_048...4_096
    /// 65537, what every issuer uses; small exponents have a history.
    private static let exponent: [UInt8] = [1, 0, 1]

    /// An EVP_PKEY that is never changed.
    private final class Handle: Sendable {
        nonisolated(unsafe) let pointer: OpaquePointer  // proof: never changed; its reference counts are atomic

        init(owning pointer: OpaquePointer) { self.pointer = pointer }

        deinit { EVP_PKEY_free(pointer) }
    }

    private let handle: Handle

    /// Reads a JSON Web Key (RFC 7518 section 6.3) for RS256 signatures. A private member is refused; unknown ones are
    /// ignored.
    public init(jwk: JSON) throws(JWKError) {
        guard jwk.members != nil, let type = jwk["kty"]?.string else { throw .malformed }
        guard jwk["d"] == nil else { throw .privateKey }
        guard type == "RSA", jwk["alg"].map({ $0.string == "RS256" }) ?? true,
            jwk["use"].map({ $0.string == "sig" }) ?? true
        else { throw .unsupported }
        guard let modulus = jwk["n"]?.string.flatMap({ Base64.decodeURL($0) }), let first = modulus.first, first != 0,
            let exponent = jwk["e"]?.string.flatMap({ Base64.decodeURL($0) })
        else { throw .malformed }
        guard exponent == RS256PublicKey.exponent,
            RS256PublicKey.bits.contains(modulus.count * 8 - first.leadingZeroBitCount)
        else { throw .unsupported }
        let info = RS256PublicKey.info(modulus)
        let key = info.withUnsafeBufferPointer { info in
            var start = info.baseAddress
            return d2i_PUBKEY(nil, &start, info.count)
        }
        guard let key else {
            forgetErrors()
            throw .malformed
        }
        handle = Handle(owning: key)
    }

    /// Whether `signature` is one over `message`: RSASSA-PKCS1-v1_5 with SHA-256. Cost: about 30 us with 2048 bits.
    public func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
        let context = allocated(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        mustSucceed(EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, handle.pointer))
        let isValid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        if !isValid { forgetErrors() }
        return isValid
    }

    /// DER of the SubjectPublicKeyInfo (RFC 3279 section 2.3.1).
    private static func info(_ modulus: [UInt8]) -> [UInt8] {
        let algorithm: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        let key = element(0x30, element(0x02, [0] + modulus) + element(0x02, exponent))
        // A leading zero byte keeps an integer positive; it may stand only where the first bit is set.
        let minimal =
            modulus[0] >= 0x80 ? key : element(0x30, element(0x02, modulus) + element(0x02, exponent))
        return element(0x30, algorithm + element(0x03, [0] + minimal))
    }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        switch content.count {
        case ..<0x80: [tag, UInt8(content.count)] + content
        case ..<0x100: [tag, 0x81, UInt8(content.count)] + content
        default: [tag, 0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
        }
    }
}

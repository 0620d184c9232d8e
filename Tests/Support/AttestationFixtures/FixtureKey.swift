import COpenSSL

/// A key pair of the fixtures. Never a key that protects anything.
package final class FixtureKey: Sendable {
    /// OpenSSL refused; what it was asked for.
    package struct Refused: Error, Hashable, Sendable {
        package let step: String
    }

    /// How a certificate is signed.
    package enum Scheme: Hashable, Sendable, CaseIterable {
        /// RSASSA-PSS, SHA-384, MGF1 with SHA-384, salt of 48 bytes: AMD's.
        case pssSHA384
        /// The same with SHA-256 and a salt of 32 bytes.
        case pssSHA256
        /// PKCS#1 v1.5 with SHA-384.
        case pkcs1SHA384
        /// ECDSA with SHA-384.
        case ecdsaSHA384
    }

    private nonisolated(unsafe) let key: OpaquePointer  // proof: never changed; OpenSSL allows signing from any thread

    private init(owning key: OpaquePointer) {
        self.key = key
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// A fresh RSA key. 4096 bits take about a second.
    package static func rsa(bits: CInt = 4096) throws -> FixtureKey {
        try generate("RSA") { EVP_PKEY_CTX_set_rsa_keygen_bits($0, bits) }
    }

    /// A fresh key on a curve, by OpenSSL's name of it.
    package static func ec(curve: String = "P-384") throws -> FixtureKey {
        try generate("EC") { EVP_PKEY_CTX_set_group_name($0, curve) }
    }

    private static func generate(_ kind: String, _ prepare: (OpaquePointer) -> CInt) throws -> FixtureKey {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, kind, nil) else { throw Refused(step: "context") }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, prepare(context) == 1, EVP_PKEY_generate(context, &key) == 1,
            let key
        else { throw Refused(step: "generate \(kind)") }
        return FixtureKey(owning: key)
    }

    /// A key from what `privateDER` gave.
    package init(privateDER bytes: [UInt8]) throws {
        let read = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_AutoPrivateKey(nil, &start, buffer.count)
        }
        guard let read else { throw Refused(step: "read key") }
        key = read
    }

    /// The private key, so that one run's keys can serve the next.
    package var privateDER: [UInt8] { FixtureKey.encoded { i2d_PrivateKey(key, $0) } }

    /// SubjectPublicKeyInfo.
    package var publicDER: [UInt8] { FixtureKey.encoded { i2d_PUBKEY(key, $0) } }

    private static func encoded(
        _ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
    ) -> [UInt8] {
        let count = Int(write(nil))
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var end = buffer.baseAddress
            filled = Int(write(&end))
        }
    }

    /// A signature in the form that certificates carry: RSA's number, or DER of r and s.
    package func sign(_ message: [UInt8], _ scheme: Scheme) throws -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw Refused(step: "context") }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        let digest = scheme == .pssSHA256 ? EVP_sha256() : EVP_sha384()
        guard EVP_DigestSignInit(context, &parameters, digest, nil, key) == 1 else { throw Refused(step: "sign") }
        if scheme == .pssSHA384 || scheme == .pssSHA256 {
            guard EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, scheme == .pssSHA256 ? 32 : 48) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, digest) == 1
            else { throw Refused(step: "PSS") }
        }
        var count = 0
        guard EVP_DigestSign(context, nil, &count, message, message.count) == 1 else { throw Refused(step: "sign") }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            throw Refused(step: "sign")
        }
        return Array(signature[..<count])
    }

    /// An ECDSA signature with SHA-384 in the form that reports carry: R and S, little-endian, 72 bytes each, then
    /// 368 zeros.
    package func signReport(_ message: [UInt8]) throws -> [UInt8] {
        let der = try sign(message, .ecdsaSHA384)
        let numbers = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &start, buffer.count)
        }
        guard let numbers else { throw Refused(step: "read signature") }
        defer { ECDSA_SIG_free(numbers) }
        var signature = [UInt8](repeating: 0, count: 512)
        let written = signature.withUnsafeMutableBufferPointer { buffer -> Bool in
            guard let start = buffer.baseAddress else { return false }
            return BN_bn2lebinpad(ECDSA_SIG_get0_r(numbers), start, 72) == 72
                && BN_bn2lebinpad(ECDSA_SIG_get0_s(numbers), start + 72, 72) == 72
        }
        guard written else { throw Refused(step: "write signature") }
        return signature
    }
}

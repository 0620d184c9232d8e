import COpenSSL

/// SHA-256 over a public key's SubjectPublicKeyInfo in DER: what pins name, and what evidence binds.
enum SPKIHash {
    /// Of an EVP_PKEY's public part; nil without memory.
    static func of(key: OpaquePointer) -> [UInt8]? {
        hash { i2d_PUBKEY(key, $0) }
    }

    /// Of a certificate's key, byte for byte as it stands there; nil without memory.
    static func of(certificate: OpaquePointer) -> [UInt8]? {
        guard let key = X509_get_X509_PUBKEY(certificate) else { return nil }
        return hash { i2d_X509_PUBKEY(key, $0) }
    }

    /// `encode` is one of OpenSSL's i2d functions: it counts when given no place, and else moves the place forward.
    private static func hash(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt) -> [UInt8]? {
        let count = Int(encode(nil))
        guard count > 0 else { return nil }
        let der = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            var place = buffer.baseAddress
            filled = max(0, Int(encode(&place)))
        }
        guard der.count == count else { return nil }
        var digest = [UInt8](repeating: 0, count: 32)
        return EVP_Digest(der, der.count, &digest, nil, EVP_sha256(), nil) == 1 ? digest : nil
    }
}

import COpenSSL

/// HKDF with SHA-256 (RFC 5869), by OpenSSL. Keys go in and come out as secrets.
public enum HKDF {
    /// Section 2.2: a pseudorandom key of 32 bytes from `input`. An empty salt stands for 32 zero bytes.
    /// `input` must not be empty.
    public static func extract(salt: [UInt8], input: Secret) throws(SecretError) -> Secret {
        try derive(count: SHA256.digestBytes, key: input) { context, key, output in
            sealgate_hkdf_extract(
                context, salt, salt.count, key.baseAddress, key.count, output.baseAddress, output.count)
        }
    }

    /// Section 2.3: `count` bytes of key from the pseudorandom key `key`, bound to `info`.
    /// At least one byte, at most 8,160 (255 blocks) and at most what a slot of the arena holds.
    public static func expand(_ key: Secret, info: [UInt8], count: Int) throws(SecretError) -> Secret {
        precondition((1...255 * SHA256.digestBytes).contains(count), "RFC 5869 section 2.3: L <= 255 * HashLen")
        return try derive(count: count, key: key) { context, key, output in
            sealgate_hkdf_expand(
                context, info, info.count, key.baseAddress, key.count, output.baseAddress, output.count)
        }
    }

    /// Extract and expand in one.
    public static func derive(
        salt: [UInt8], input: Secret, info: [UInt8], count: Int
    ) throws(SecretError) -> Secret {
        try expand(extract(salt: salt, input: input), info: info, count: count)
    }

    private static func derive(
        count: Int, key: Secret,
        _ step: (OpaquePointer, UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) -> CInt
    ) throws(SecretError) -> Secret {
        precondition(key.count > 0, "a key is not empty")
        let context = allocated(EVP_KDF_CTX_new(Algorithms.hkdf))
        defer { EVP_KDF_CTX_free(context) }
        return try Secret(count: count) { output in
            key.withBytes { mustSucceed(step(context, $0, output)) }
        }
    }
}

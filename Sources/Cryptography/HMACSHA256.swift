import COpenSSL

/// HMAC-SHA256 (RFC 2104, FIPS 198-1), by OpenSSL. Codes are compared by `ConstantTime.equal` or `isValid`.
public enum HMACSHA256 {
    /// Bytes of a code.
    public static let codeBytes = 32

    /// The code over the parts, one after the other (not delimited).
    public static func code(over parts: [UInt8]..., key: Secret) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: codeBytes) { code, count in
            write(over: parts, key: key, into: UnsafeMutableRawBufferPointer(code))
            count = codeBytes
        }
    }

    /// The code as a secret: for keys that are derived so.
    public static func secretCode(over parts: [UInt8]..., key: Secret) throws(SecretError) -> Secret {
        try Secret(count: codeBytes) { write(over: parts, key: key, into: $0) }
    }

    /// Whether `code` is the code over the parts. Constant time.
    public static func isValid(_ code: [UInt8], over parts: [UInt8]..., key: Secret) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: codeBytes, alignment: 8) { right in
            write(over: parts, key: key, into: right)
            defer { Wipe.memory(right) }
            return code.withUnsafeBytes { ConstantTime.equal($0, UnsafeRawBufferPointer(right)) }
        }
    }

    private static func write(over parts: [[UInt8]], key: Secret, into code: UnsafeMutableRawBufferPointer) {
        let context = allocated(EVP_MAC_CTX_dup(Algorithms.hmacSHA256))
        defer { EVP_MAC_CTX_free(context) }
        key.withBytes { key in
            mustSucceed(EVP_MAC_init(context, key.baseAddress, key.count, nil))
        }
        for part in parts {
            part.withUnsafeBufferPointer { mustSucceed(EVP_MAC_update(context, $0.baseAddress, $0.count)) }
        }
        var written = 0
        mustSucceed(EVP_MAC_final(context, code.baseAddress, &written, code.count))
    }
}

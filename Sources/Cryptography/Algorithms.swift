import COpenSSL

/// OpenSSL's algorithms, looked up once: each lookup by name costs as much as a short hash.
enum Algorithms {
    nonisolated(unsafe) static let sha256 = fetched(EVP_MD_fetch(nil, "SHA2-256", nil))  // proof: never changed
    nonisolated(unsafe) static let aesGCM = fetched(EVP_CIPHER_fetch(nil, "AES-256-GCM", nil))  // proof: never changed
    nonisolated(unsafe) static let hkdf = fetched(EVP_KDF_fetch(nil, "HKDF", nil))  // proof: never changed
    nonisolated(unsafe) static let hmacSHA256 = preparedHMAC()  // proof: only duplicated, which reads it

    /// A context that knows its digest, to be duplicated for each use.
    private static func preparedHMAC() -> OpaquePointer {
        let algorithm = fetched(EVP_MAC_fetch(nil, "HMAC", nil))
        let context = fetched(EVP_MAC_CTX_new(algorithm))
        mustSucceed(sealgate_hmac_set_sha256(context))
        return context
    }

    private static func fetched(_ pointer: OpaquePointer?) -> OpaquePointer {
        guard let pointer else { preconditionFailure("OpenSSL's default provider lacks an algorithm") }
        return pointer
    }
}

/// Empties the thread's error queue. A refusal leaves its reason there, and the next TLS call on the thread would take
/// it for its own.
func forgetErrors() {
    ERR_clear_error()
}

/// Whether the thread's error queue is empty.
var hasNoErrors: Bool { ERR_peek_error() == 0 }

/// For calls of OpenSSL that fail only when memory has run out or the arguments are wrong.
func mustSucceed(_ result: CInt) {
    precondition(result == 1, "OpenSSL refused a call that cannot fail")
}

/// An object that OpenSSL allocates; only lack of memory makes it nil.
func allocated(_ pointer: OpaquePointer?) -> OpaquePointer {
    guard let pointer else { preconditionFailure("out of memory") }
    return pointer
}

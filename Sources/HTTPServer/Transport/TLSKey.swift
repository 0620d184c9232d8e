import COpenSSL

/// A private key for TLS, on P-256, that is born here and cannot leave: there is no way to read, write or import it.
/// When the process ends, so does the key.
///
/// It lies in OpenSSL's locked heap if that was prepared before. Safe from any thread.
public final class TLSKey: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer  // proof: never changed; its reference counts are atomic

    /// SHA-256 of the public key as certificates hold it: DER of SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    public let spkiSHA256: [UInt8]

    /// A fresh key. Cost: about 25 us. Throws when OpenSSL has no memory or no randomness.
    public static func generate() throws(TLSError) -> TLSKey {
        guard let key = sealgate_p256_generate() else { throw .ofOpenSSL }
        guard let hash = SPKIHash.of(key: key) else {
            EVP_PKEY_free(key)
            throw .ofOpenSSL
        }
        return TLSKey(owning: key, spkiSHA256: hash)
    }

    private init(owning key: OpaquePointer, spkiSHA256: [UInt8]) {
        pointer = key
        self.spkiSHA256 = spkiSHA256
    }

    deinit {
        EVP_PKEY_free(pointer)
    }
}

extension TLSKey: CustomReflectable {
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

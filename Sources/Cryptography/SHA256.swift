import COpenSSL

/// SHA-256 (FIPS 180-4), by OpenSSL. Static functions for what is at hand, a value of the type for what arrives in
/// parts.
public struct SHA256: ~Copyable {
    /// Bytes of a digest.
    public static let digestBytes = 32

    private let context: OpaquePointer

    /// Starts an empty message.
    public init() {
        context = allocated(EVP_MD_CTX_new())
        mustSucceed(EVP_DigestInit_ex2(context, Algorithms.sha256, nil))
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Appends to the message.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        mustSucceed(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    /// Appends to the message.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of the whole message: 32 bytes.
    public consuming func finish() -> [UInt8] {
        let context = context
        return [UInt8](unsafeUninitializedCapacity: SHA256.digestBytes) { digest, count in
            mustSucceed(EVP_DigestFinal_ex(context, digest.baseAddress, nil))
            count = SHA256.digestBytes
        }
    }

    /// The digest of the parts, one after the other. The parts are not delimited: where their borders matter, the
    /// caller has to make them part of the bytes.
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        var message = SHA256()
        for part in parts { message.update(part) }
        return message.finish()
    }

    /// The digest of `bytes`.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var message = SHA256()
        message.update(bytes)
        return message.finish()
    }

    /// The digest of a secret's bytes. It is no secret keeper: a guessable secret can be found from it.
    public static func hash(_ secret: Secret) -> [UInt8] {
        secret.withBytes { hash($0) }
    }
}
